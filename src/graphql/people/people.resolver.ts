import { readIn } from '../as-of';
import { answered, queries } from '../declare';
import { asUser } from '../objects';
import { User } from './types';

queries({
  viewer: answered(
    'The person whose token the request carries; in the past as they were then, or, if they were not known yet, as they are.',
    () => User,
    async (_, context) => {
      const { viewer, loaders, past } = context;
      return (past && (await loaders.user.load(viewer.userId))) ?? readIn(context.now(), asUser({ ...viewer }));
    },
  ),
});
