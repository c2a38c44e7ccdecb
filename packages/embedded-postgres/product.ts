/** The product's name, and what its messages tell people to do. */
export interface Product {
  /** The name in messages. */
  readonly title: string;
  /** The name of the user, and of the folder below /var/lib, when root starts it. */
  readonly name: string;
  /** How to choose another data folder, such as "set DATA_DIR to another folder". */
  readonly chooseFolder: string;
  /** How to choose another PostgreSQL, such as "set DATABASE_URL". */
  readonly chooseServer: string;
}

/** A person must fix something in the environment before it can start; the message says what. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}
