/** What a product that carries its own PostgreSQL is called, and what it tells its people to do. */
export interface Product {
  /** In messages. */
  readonly title: string;
  /** In places: of a user, and of a folder below /var/lib, where root starts it. */
  readonly name: string;
  /** How another data folder is chosen, such as "set DATA_DIR to another folder". */
  readonly chooseFolder: string;
  /** How another PostgreSQL is chosen, such as "set DATABASE_URL". */
  readonly chooseServer: string;
}

/** Something around it has to be mended by people before it can start; the message says what. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}
