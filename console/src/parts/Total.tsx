import * as t from '#text/parts';
import type { Noun } from '#text/words';
import type { PartOfList } from '../api/use-pages';
import { Button } from './atoms';

interface Props {
  of: PartOfList<unknown>;
  noun: Noun;
}
/** How many of a list's entries are there, if that is not all, and a button for the next ones. */
export const Total = ({ of: { nodes, totalCount, more }, noun }: Props) =>
  more && (
    <p>
      {t.someOf(nodes.length, totalCount, noun)} <Button onClick={more}>{t.showMore}</Button>
    </p>
  );
