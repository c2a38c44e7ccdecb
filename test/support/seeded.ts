/** Runs before each test file: properties that name no seed of their own take the one of the run. */
import fc from 'fast-check';
import { seed } from './effort';

fc.configureGlobal({ seed });
