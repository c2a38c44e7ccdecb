import type { PartOfList } from '../api/use-pages';
import { count, numeral } from '#text/words';
import { Button } from './atoms';

interface Props {
  of: PartOfList<unknown>;
  one: string;
  many?: string | undefined;
}
/** How many of a list's entries are there, if that is not all, and a button for the next ones. */
export const Total = ({ of: { nodes, totalCount, more }, one, many }: Props) =>
  more && (
    <p>
      {numeral(nodes.length)} of {count(totalCount, one, many)} <Button onClick={more}>Show more</Button>
    </p>
  );
