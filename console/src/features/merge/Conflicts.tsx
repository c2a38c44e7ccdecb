import { useId, type ReactNode } from 'react';
import * as common from '#text/common';
import * as t from '#text/merge';
import type { FieldFragment, MergeSide } from '../../generated/graphql';
import { fieldOf, pathTitle } from '../../parts/Change';
import { Fields, Tree } from '../../parts/Fields';
import { Became, isText } from '../../parts/Sides';
import { TreeChange } from '../../parts/TreeChange';
import { isTree, shown, valueOf, type Json } from '../../parts/value';
import styles from './MergePage.module.css';
import type { StaleDraft } from './stale-draft';
import type { Step } from './use-choices';

interface Props {
  draft: StaleDraft;
  /** The item, or the version itself, in which the conflict is. */
  steps: readonly Step[];
  choiceOf: (step: Step) => MergeSide | undefined;
  onChoose: (steps: readonly Step[], take: MergeSide) => void;
}

/** The conflicts of one item, field by field: the base value and both candidates. */
export function Conflicts({ draft, steps, choiceOf, onChoose }: Props) {
  const { itemFields, fields: versionFields } = draft.workflowPhase.config;
  const [{ itemKey, label } = { itemKey: null, label: null }] = steps;
  const fields = itemKey === null ? versionFields : itemFields;
  return (
    <section className={styles.panel} aria-label={label ?? common.theVersionItself}>
      <h2>{label ?? common.theVersionItself}</h2>
      {steps.map((step) => (
        <Question
          key={step.path}
          step={step}
          fields={fields}
          draft={draft}
          choice={choiceOf(step)}
          onChoose={(take) => onChoose([step], take)}
        />
      ))}
    </section>
  );
}

interface QuestionProps {
  step: Step;
  fields: readonly FieldFragment[];
  draft: StaleDraft;
  choice: MergeSide | undefined;
  onChoose: (take: MergeSide) => void;
}
function Question({ step, fields, draft: { base, current }, choice, onChoose }: QuestionProps) {
  const name = useId();
  const sides = [
    ['OURS', t.thisDraft, step.ours],
    ['THEIRS', t.versionOf(current.versionNumber), step.theirs],
  ] as const;
  return (
    <fieldset className={styles.question}>
      <legend>{step.path ? pathTitle(step.path, fields) : t.theItemAsAWhole}</legend>
      <div className={styles.base}>
        <h3>{base ? t.versionFromWhich(base.versionNumber) : t.neitherWasStartedFromA}</h3>
        <Value of={step.base as Json} step={step} fields={fields} />
      </div>
      {sides.map(([side, title, value]) => (
        <div
          key={side}
          className={styles.side}
          data-chosen={choice === side || undefined}
          onClick={() => onChoose(side)}
        >
          <label onClick={(event) => event.stopPropagation()}>
            <input type="radio" name={name} value={side} checked={choice === side} onChange={() => onChoose(side)} />
            {title}
          </label>
          <Value of={value as Json} since={step.base as Json} step={step} fields={fields} />
        </div>
      ))}
    </fieldset>
  );
}

interface ValueProps {
  of: Json;
  /** The base value, to mark the differences; the base itself has none. */
  since?: Json;
  step: Step;
  fields: readonly FieldFragment[];
}
function Value({ of, since, step, fields }: ValueProps): ReactNode {
  if (step.path === '') return <Whole of={of} step={step} fields={fields} />;
  const field = fieldOf(step.path, fields);
  if (since !== undefined && (isTree(of) || isTree(since)))
    return <TreeChange before={since} after={of} layout="inline" />;
  if (isTree(of)) return <Tree value={of} />;
  return isText(of) && isText(since) ? <Became before={since} after={of} /> : <p>{shown(of, field)}</p>;
}

/** One side removed the item: the changes of the other side are what has to be decided. */
function Whole({ of, step, fields }: Pick<ValueProps, 'of' | 'step' | 'fields'>) {
  if (!isTree(of)) return <p>{t.removed}</p>;
  const left = (step.ours ?? step.theirs) as Record<string, Json>;
  const before = step.base as Record<string, Json>;
  const differs = (field: FieldFragment) =>
    JSON.stringify(valueOf(left, field)) !== JSON.stringify(valueOf(before, field));
  return <Fields of={of as Record<string, unknown>} fields={fields.filter(differs)} />;
}
