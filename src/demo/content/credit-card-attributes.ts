// The attributes of the credit card report. They were written for this project; they resemble the loan-level credit card schedules that
// banks file, and copy none of them.
import { readTable, type ReportAttribute } from './report-attributes';

const TABLE = `
# Account and customer
CCDM1001 | string | MKC- | ACCT_MASTER.ACCT_REF_NBR      | Account Reference Number        | Identifier of the account that stays the same for its whole life and is never given to another account.
CCDM1002 | string | MK-- | CUST_PARTY.PARTY_ID           | Customer Identifier             | Identifier of the primary customer, shared by all accounts the customer holds with the bank.
CCDM1003 | date   | MKC- | ACCT_MASTER.AS_OF_DT          | Reporting Month-End             | Last calendar day of the month that the record describes.
CCDM1004 | string | M--- | CUST_PARTY.RSSD_ENTITY        | Reporting Entity                | Legal entity of the bank in whose books the account is carried.
CCDM1005 | code   | M-C- | CUST_PARTY.STATE_CD           | Customer State                  | State or territory of the customer's billing address at month-end.
CCDM1006 | string | M--H | CUST_PARTY.POSTAL_CD          | Billing Postal Code             | Postal code of the billing address, five digits, leading zeros kept.
CCDM1007 | code   | M-C- | CUST_PARTY.SEGMENT_CD         | Customer Segment                | Segment the account is managed in: consumer, small business or corporate liability.
CCDM1008 | number | ---- | CUST_PARTY.AUTH_USER_CNT      | Authorised Users                | Number of people other than the account holders who may use the account.
CCDM1009 | code   | M--- | CUST_PARTY.JOINT_IND          | Joint Account Flag              | Says whether a second person is fully liable for the balance.
CCDM1010 | number | --CH | CUST_PARTY.INCOME_AMT         | Borrower Income at Origination  | Annual income the borrower stated or the bank verified when the account was opened.
CCDM1011 | code   | ---H | CUST_PARTY.INCOME_SRC_CD      | Income Source                   | Says whether the income was stated, verified or modelled.

# Product and terms
CCDM1101 | date   | M-C- | ACCT_MASTER.OPEN_DT           | Origination Date                | Date the account was opened, which for a converted account is the date of the first opening.
CCDM1102 | code   | M-C- | CARD_PRODUCT.PRODUCT_CD       | Product Type                    | Kind of card: general purpose, co-branded, private label or charge card.
CCDM1103 | code   | M--- | CARD_PRODUCT.NETWORK_CD       | Card Network                    | Network over which purchases are authorised and settled.
CCDM1104 | code   | M--- | CARD_PRODUCT.LENDING_CD       | Lending Type                    | Says whether the balance may revolve or is due in full every month.
CCDM1105 | code   | ---- | CARD_PRODUCT.REWARD_CD        | Reward Type                     | Kind of reward the account earns: cash, miles, points or none.
CCDM1106 | code   | M--H | ACCT_MASTER.CHANNEL_CD        | Origination Channel             | Way in which the application reached the bank: branch, mail, web, phone or partner.
CCDM1107 | code   | M-C- | ACCT_MASTER.SECURED_IND       | Secured Flag                    | Says whether the line is backed by a deposit.
CCDM1108 | number | M--- | ACCT_MASTER.COLLATERAL_AMT    | Deposit Securing the Line       | Amount of the deposit pledged for a secured account at month-end.
CCDM1109 | date   | ---- | ACCT_MASTER.EXPIRY_DT         | Card Expiry Date                | Expiry date of the newest card issued on the account.
CCDM1110 | code   | M-C- | ACCT_MASTER.STATUS_CD         | Account Status                  | State of the account at month-end: open, closed to purchases, charged off or paid and closed.
CCDM1111 | date   | M--H | ACCT_MASTER.CLOSE_DT          | Closing Date                    | Date on which the account was closed to new purchases, by whichever side.
CCDM1112 | code   | ---- | ACCT_MASTER.CLOSE_RSN_CD      | Closing Reason                  | Says who closed the account and for what reason.

# Balances
CCDM1201 | number | M-CH | LEDGER_BAL.CYCLE_END_AMT      | Cycle-End Balance               | Total balance on the statement whose cycle ended in the reporting month.
CCDM1202 | number | M-C- | LEDGER_BAL.MONTH_END_AMT      | Month-End Balance               | Total balance owed on the last calendar day of the month.
CCDM1203 | number | M-C- | LEDGER_BAL.PURCHASE_AMT       | Purchase Balance                | Part of the month-end balance that comes from purchases.
CCDM1204 | number | M-C- | LEDGER_BAL.CASH_ADV_AMT       | Cash Advance Balance            | Part of the month-end balance that comes from cash advances and convenience checks.
CCDM1205 | number | M--H | LEDGER_BAL.BAL_XFER_AMT       | Balance Transfer Balance        | Part of the month-end balance that was moved here from another lender.
CCDM1206 | number | M-C- | LEDGER_BAL.PROMO_AMT          | Promotional Balance             | Part of the month-end balance that carries a promotional rate.
CCDM1207 | number | M--- | LEDGER_BAL.FIN_CHG_AMT        | Finance Charges in the Cycle    | Interest billed on the statement, before any later waiver.
CCDM1208 | number | M--- | LEDGER_BAL.ACCR_INT_AMT       | Accrued Interest                | Interest earned and not yet billed at month-end.
CCDM1209 | number | M--- | LEDGER_BAL.PURCH_VOL_AMT      | Purchase Volume                 | Purchases posted in the month, less returns.
CCDM1210 | number | ---- | LEDGER_BAL.CASH_VOL_AMT       | Cash Advance Volume             | Cash advances posted in the month.
CCDM1211 | number | ---- | LEDGER_BAL.XFER_VOL_AMT       | Balance Transfer Volume         | Balances moved to the account in the month.
CCDM1212 | number | M-CH | LEDGER_BAL.AVG_DAILY_AMT      | Average Daily Balance           | Mean of the end-of-day balances over the billing cycle.
CCDM1213 | number | M--- | LEDGER_BAL.CREDIT_BAL_AMT     | Credit Balance                  | Amount the bank owes the customer where payments exceed charges.
CCDM1214 | number | --C- | LEDGER_BAL.UNDRAWN_AMT        | Undrawn Commitment              | Part of the credit line that the customer may still use at month-end.

# Pricing
CCDM1301 | number | M-C- | PRICING_TERM.PURCH_APR        | Purchase APR at Cycle End       | Annual percentage rate that applies to purchases when the cycle ends.
CCDM1302 | number | M--- | PRICING_TERM.CASH_APR         | Cash Advance APR                | Annual percentage rate that applies to cash advances when the cycle ends.
CCDM1303 | number | M--- | PRICING_TERM.XFER_APR         | Balance Transfer APR            | Annual percentage rate that applies to transferred balances when the cycle ends.
CCDM1304 | number | M-CH | PRICING_TERM.PENALTY_APR      | Penalty APR                     | Higher rate that applies after late payment, or zero where it does not.
CCDM1305 | number | --C- | PRICING_TERM.PROMO_APR        | Promotional APR                 | Lowest promotional rate in effect on any part of the balance.
CCDM1306 | date   | ---H | PRICING_TERM.PROMO_END_DT     | Promotional Rate End Date       | Day on which the promotional rate of the largest promotional balance ends.
CCDM1307 | code   | M--- | PRICING_TERM.RATE_TYPE_CD     | Rate Type                       | Says whether the purchase rate is fixed or follows an index.
CCDM1308 | code   | M--- | PRICING_TERM.INDEX_CD         | Rate Index                      | Index that a variable rate follows.
CCDM1309 | number | M--- | PRICING_TERM.MARGIN_PCT       | Margin over Index               | Percentage points added to the index to give the purchase rate.
CCDM1310 | number | ---- | PRICING_TERM.ORIG_APR         | APR at Origination              | Purchase rate in the agreement under which the account was opened.
CCDM1311 | code   | M--- | PRICING_TERM.SCRA_IND         | Military Rate Cap Flag          | Says whether the rate is capped by law because the customer serves in the armed forces.

# Fees
CCDM1401 | number | M-C- | FEE_POSTING.LATE_FEE_AMT      | Late Fees                       | Fees charged in the cycle because the minimum payment came late or not at all.
CCDM1402 | number | M--- | FEE_POSTING.OVERLIMIT_AMT     | Over-Limit Fees                 | Fees charged in the cycle for going above the credit line.
CCDM1403 | number | M--- | FEE_POSTING.ANNUAL_AMT        | Annual Fee                      | Membership fee billed in the cycle.
CCDM1404 | number | ---- | FEE_POSTING.CASH_FEE_AMT      | Cash Advance Fees               | Fees charged in the cycle for cash advances.
CCDM1405 | number | ---- | FEE_POSTING.XFER_FEE_AMT      | Balance Transfer Fees           | Fees charged in the cycle for balances moved to the account.
CCDM1406 | number | ---- | FEE_POSTING.FOREIGN_AMT       | Foreign Transaction Fees        | Fees charged in the cycle for purchases in another currency.
CCDM1407 | number | M--- | FEE_POSTING.NSF_AMT           | Returned Payment Fees           | Fees charged in the cycle for payments that the customer's bank refused.
CCDM1408 | number | ---- | FEE_POSTING.DEBT_CANCEL_AMT   | Debt Cancellation Fees          | Fees charged in the cycle for insurance that pays the debt in hardship.
CCDM1409 | number | --CH | FEE_POSTING.WAIVED_AMT        | Fees and Interest Waived        | Fees and interest billed earlier and taken back in the cycle.

# Payments
CCDM1501 | number | M-C- | PAYMENT_TXN.MIN_DUE_AMT       | Minimum Payment Due             | Smallest amount the customer must pay by the due date of the statement.
CCDM1502 | number | M-CH | PAYMENT_TXN.PAID_AMT          | Actual Payment                  | Payments received in the cycle, less those returned.
CCDM1503 | date   | M--- | PAYMENT_TXN.DUE_DT            | Payment Due Date                | Day by which the minimum payment must have arrived.
CCDM1504 | date   | M--H | PAYMENT_TXN.LAST_PAID_DT      | Last Payment Date               | Day on which the newest payment was credited.
CCDM1505 | number | M--- | PAYMENT_TXN.PAST_DUE_AMT      | Total Past Due                  | Sum of all minimum payments that are due and unpaid.
CCDM1506 | code   | ---- | PAYMENT_TXN.AUTOPAY_CD        | Automatic Payment               | Says whether the customer pays automatically, and the minimum or the full amount.
CCDM1507 | number | M--- | PAYMENT_TXN.SKIP_CNT          | Skipped Payments                | Number of payments the bank allowed the customer to skip in the last twelve months.
CCDM1508 | code   | ---- | PAYMENT_TXN.CHANNEL_CD        | Payment Channel                 | Way in which the newest payment arrived.
CCDM1509 | number | ---- | PAYMENT_TXN.RETURNED_CNT      | Returned Payments               | Number of payments returned unpaid in the last twelve months.
CCDM1510 | code   | M-C- | PAYMENT_TXN.TRANSACTOR_CD     | Transactor or Revolver          | Says whether the customer paid the statement in full in each of the last six months.
CCDM1511 | number | --C- | PAYMENT_TXN.NEXT_MIN_AMT      | Next Minimum Payment            | Minimum payment that the next statement will ask for, as far as known at month-end.

# Delinquency and collections
CCDM1601 | number | M-CH | DELINQ_STATUS.DAYS_PAST_DUE   | Days Past Due                   | Number of days since the oldest unpaid minimum payment was due, at month-end.
CCDM1602 | code   | M-C- | DELINQ_STATUS.BUCKET_CD       | Delinquency Bucket              | Thirty-day bucket in which the account is reported.
CCDM1603 | number | M--- | DELINQ_STATUS.TIMES_30_CNT    | Times 30 Days Past Due          | How often the account became thirty days past due in the last twelve months.
CCDM1604 | number | M--- | DELINQ_STATUS.TIMES_60_CNT    | Times 60 Days Past Due          | How often the account became sixty days past due in the last twelve months.
CCDM1605 | number | M--- | DELINQ_STATUS.TIMES_90_CNT    | Times 90 Days Past Due          | How often the account became ninety days past due in the last twelve months.
CCDM1606 | code   | ---- | DELINQ_STATUS.HIST_STRING     | Payment History String          | One character a month for the last two years, newest first.
CCDM1607 | code   | M-C- | DELINQ_STATUS.NONACCR_IND     | Non-Accrual Flag                | Says whether the bank has stopped earning interest on the account.
CCDM1608 | date   | ---- | DELINQ_STATUS.FIRST_DELQ_DT   | First Delinquency Date          | Day on which the present delinquency began.
CCDM1609 | code   | M--- | DELINQ_STATUS.REAGE_IND       | Re-Age Flag                     | Says whether the account was declared current again without all arrears being paid.
CCDM1610 | date   | ---H | DELINQ_STATUS.REAGE_DT        | Last Re-Age Date                | Day on which the account was last declared current again.
CCDM1611 | code   | ---- | DELINQ_STATUS.AGENCY_CD       | Collection Agency               | Agency that collects on the account, or none.
CCDM1612 | code   | M--- | DELINQ_STATUS.STOP_CONTACT_CD | Contact Restriction             | Says whether law or the customer forbids the bank to call.

# Loss and recovery
CCDM1701 | code   | M-C- | LOSS_RECOVERY.CO_RSN_CD       | Charge-Off Reason               | Reason the account was charged off: contractual, bankruptcy, death, fraud or settlement.
CCDM1702 | date   | M-C- | LOSS_RECOVERY.CO_DT           | Charge-Off Date                 | Day on which the balance was first charged off.
CCDM1703 | number | M-CH | LOSS_RECOVERY.GROSS_CO_AMT    | Gross Charge-Off                | Amount written off in the month, before recoveries.
CCDM1704 | number | M-C- | LOSS_RECOVERY.PRIN_CO_AMT     | Principal Charged Off           | Part of the charge-off that is neither interest nor fees.
CCDM1705 | number | M--- | LOSS_RECOVERY.INT_CO_AMT      | Interest and Fees Reversed      | Part of the charge-off taken back against income.
CCDM1706 | number | M-CH | LOSS_RECOVERY.RECOVERY_AMT    | Recoveries in the Month         | Money received in the month on balances charged off earlier.
CCDM1707 | number | ---- | LOSS_RECOVERY.DEBT_SALE_AMT   | Proceeds of Debt Sale           | Money received for selling the charged-off balance to somebody else.
CCDM1708 | date   | M--- | LOSS_RECOVERY.BANKR_DT        | Bankruptcy Filing Date          | Day on which the customer filed, as the court reports it.
CCDM1709 | code   | M--- | LOSS_RECOVERY.BANKR_CHAP_CD   | Bankruptcy Chapter              | Chapter of the law under which the customer filed.
CCDM1710 | number | --C- | LOSS_RECOVERY.LGD_PCT         | Loss Given Default              | Share of the balance the bank expects to lose if the customer defaults, from the model in force.

# Scores and credit line
CCDM1801 | number | M-C- | BUREAU_SCORE.ORIG_SCORE       | Bureau Score at Origination     | Credit bureau score the decision to open the account rested on.
CCDM1802 | number | M-CH | BUREAU_SCORE.CURR_SCORE       | Refreshed Bureau Score          | Newest credit bureau score, not older than three months.
CCDM1803 | date   | M--- | BUREAU_SCORE.CURR_SCORE_DT    | Score Refresh Date              | Day on which the refreshed score was drawn.
CCDM1804 | code   | M--- | BUREAU_SCORE.MODEL_CD         | Score Model                     | Name and generation of the model behind the refreshed score.
CCDM1805 | number | --C- | BUREAU_SCORE.BEHAV_SCORE      | Behaviour Score                 | The bank's own score of how the account was used in the last months.
CCDM1806 | number | M-CH | LINE_MGMT.LIMIT_AMT           | Current Credit Limit            | Credit line at month-end, temporary increases left out.
CCDM1807 | number | M-C- | LINE_MGMT.ORIG_LIMIT_AMT      | Original Credit Limit           | Credit line granted when the account was opened.
CCDM1808 | code   | M--- | LINE_MGMT.CHANGE_CD           | Line Change in the Month        | Says whether the line was raised, lowered or left alone, and who asked for it.
CCDM1809 | number | ---- | LINE_MGMT.CASH_LIMIT_AMT      | Cash Advance Limit              | Part of the line that may be drawn in cash.
CCDM1810 | date   | ---- | LINE_MGMT.LAST_REVIEW_DT      | Last Line Review                | Day on which the bank last looked at whether the line suits the customer.
CCDM1811 | number | --C- | LINE_MGMT.PD_PCT              | Probability of Default          | Chance that the customer defaults within twelve months, from the model in force.

# Workout and modification
CCDM1901 | code   | M-C- | HARDSHIP_PLAN.PROGRAM_CD      | Workout Program                 | Kind of relief the customer was granted, or none.
CCDM1902 | date   | M--- | HARDSHIP_PLAN.START_DT        | Workout Start Date              | Day on which the terms of relief came into force.
CCDM1903 | date   | ---- | HARDSHIP_PLAN.END_DT          | Workout End Date                | Day on which the terms of relief end or ended.
CCDM1904 | number | M--- | HARDSHIP_PLAN.PLAN_APR        | Workout APR                     | Rate charged while relief is in force.
CCDM1905 | number | M--- | HARDSHIP_PLAN.PLAN_PMT_AMT    | Workout Payment                 | Monthly payment agreed for the time of relief.
CCDM1906 | code   | ---H | HARDSHIP_PLAN.OUTCOME_CD      | Workout Outcome                 | Says whether the customer kept to the plan, broke it or is still in it.
CCDM1907 | code   | M-C- | HARDSHIP_PLAN.MOD_IND         | Modified Loan Flag              | Says whether the relief counts as a modification for a borrower in difficulty.
CCDM1908 | number | ---- | HARDSHIP_PLAN.FORGIVEN_AMT    | Principal Forgiven              | Principal the bank gave up as part of the relief.

# Ownership and securitisation
CCDM2001 | code   | M-C- | SECURITISATION.OWNER_CD       | Ownership of the Balance        | Says whether the bank owns the balance or services it for somebody else.
CCDM2002 | string | M--- | SECURITISATION.TRUST_ID       | Trust Identifier                | Identifier of the trust that holds the balance, empty where there is none.
CCDM2003 | code   | M--H | SECURITISATION.POOL_CD        | Pool                            | Pool of the trust to which the account was assigned.
CCDM2004 | date   | ---- | SECURITISATION.ASSIGN_DT      | Assignment Date                 | Day on which the account was assigned to the pool.
CCDM2005 | code   | M--- | SECURITISATION.HFS_IND        | Held-for-Sale Flag              | Says whether the bank means to sell the account.
CCDM2006 | number | ---- | SECURITISATION.SHARE_PCT      | Loss-Sharing Percentage         | Share of losses that a partner bears under contract.

# Fraud, disputes and protection
CCDM2101 | code   | M-C- | FRAUD_CASE.FRAUD_IND          | Fraud Flag                      | Says whether a fraud case is open on the account at month-end.
CCDM2102 | number | --CH | FRAUD_CASE.LOSS_AMT           | Fraud Loss in the Month         | Amount recognised in the month as lost to fraud.
CCDM2103 | code   | ---- | FRAUD_CASE.TYPE_CD            | Fraud Type                      | Kind of fraud: card lost, card stolen, number stolen, account taken over or identity false.
CCDM2104 | number | ---- | FRAUD_CASE.DISPUTE_AMT        | Disputed Amount                 | Charges the customer disputes and the bank has not yet decided on.
CCDM2105 | code   | M--- | FRAUD_CASE.DECEASED_IND       | Deceased Flag                   | Says whether the bank knows that the primary customer has died.
CCDM2106 | code   | ---- | FRAUD_CASE.DEBT_CANCEL_CD     | Debt Cancellation Cover         | Kind of cover the customer bought against hardship, or none.
CCDM2107 | code   | M--- | FRAUD_CASE.DISASTER_IND       | Disaster Relief Flag            | Says whether the address lies in an area for which the bank granted disaster relief.
CCDM2108 | code   | ---- | FRAUD_CASE.LITIGATION_IND     | Litigation Flag                 | Says whether a court case about the account is open.
`;

export const attributes: readonly ReportAttribute[] = readTable(TABLE);

const byCode = new Map(attributes.map((attribute) => [attribute.code, attribute]));

/** Throws for a code that the report does not have: a mistake in the demo's text should stop the demo rather than shorten it. */
export function attributeByCode(code: string): ReportAttribute {
  const attribute = byCode.get(code);
  if (!attribute) throw new Error(`the credit card report has no attribute ${code}`);
  return attribute;
}
