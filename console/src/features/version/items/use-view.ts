import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Phase } from '../../../generated/graphql';
import { keep, kept } from '../../../parts/kept';
import type { Column } from './columns';
import type { View } from './view';
import type { Condition } from './where';

const route = getRouteApi('/v/$versionId');

/** The address value for "no hidden columns"; without one, the stored choice applies. */
const NOTHING = 'none';

interface Change {
  q?: string | undefined;
  sort?: string | undefined;
  group?: string | undefined;
  item?: string | undefined;
}

/**
 * The view of the items, kept in the address so that it can be shared. The choice of columns is also stored in this browser for other
 * versions of the phase.
 */
export function useView(phase: Phase, columns: readonly Column[]) {
  const { q = '', where, sort, group, hide: hiddenNames, item } = route.useSearch();
  const navigate = useNavigate({ from: '/v/$versionId' });
  const about = `columns.${phase}`;
  const hidden = useMemo(() => new Set((hiddenNames ?? kept<string>(about) ?? '').split(',')), [hiddenNames, about]);
  const view: View = useMemo(() => ({ q, where: where ?? {}, sort, group }), [q, where, sort, group]);
  const set = (change: Change) => void navigate({ search: (previous) => ({ ...previous, ...change }), replace: true });
  const narrow = (name: string, condition: Condition | undefined) => {
    const { [name]: _, ...others } = view.where;
    const next = condition ? { ...others, [name]: condition } : others;
    const isAny = Object.keys(next).length > 0;
    void navigate({ search: (previous) => ({ ...previous, where: isAny ? next : undefined }), replace: true });
  };
  const hide = (name: string, isHidden: boolean) => {
    const names = columns.map((one) => one.name).filter((one) => (one === name ? isHidden : hidden.has(one)));
    const text = names.join(',') || NOTHING;
    keep(about, text);
    void navigate({ search: (previous) => ({ ...previous, hide: text }), replace: true });
  };
  return {
    view,
    openKey: item,
    /** The first column names the item and cannot be hidden. */
    shown: columns.filter(({ name }, index) => index === 0 || !hidden.has(name)),
    isHidden: (name: string) => hidden.has(name),
    set,
    narrow,
    hide,
    showAll: () =>
      void navigate({ search: (previous) => ({ ...previous, q: undefined, where: undefined }), replace: true }),
  };
}
export type ItemsView = ReturnType<typeof useView>;
