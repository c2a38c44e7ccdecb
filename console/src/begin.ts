// Imported before everything else, so that the sign-in is on its way while the rest of the program is set up.
import { listenForSignOut, restore, SIGN_IN } from './api/session';

// The router asks again, and reports what failed.
if (location.pathname !== SIGN_IN) restore().catch(() => undefined);
listenForSignOut();
