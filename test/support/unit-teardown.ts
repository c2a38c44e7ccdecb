import { removeRunFolder } from './temporary';

/** Runs once after unit tests. */
export default function unitTeardown(): void {
  removeRunFolder();
}
