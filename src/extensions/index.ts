/**
 * The list of extensions. To remove one, delete its folder, its line here, those of its resolvers in graphql/schema.ts, of its endpoint in
 * transport/server.ts and of its setting in env.ts, its models and its migration; nothing else in the product names it.
 */
import { takeover } from '../legacy/extension';
import type { Extension } from './extension';

export const extensions: readonly Extension[] = [takeover];
