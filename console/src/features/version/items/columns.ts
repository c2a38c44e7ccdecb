import * as t from '#text/version';
import type { FieldFragment, ItemFragment } from '../../../generated/graphql';
import { stateWord } from '../../../parts/states';
import { asTyped } from '../../../parts/typed';
import { isTree, shown, valueOf, type Json } from '../../../parts/value';

type Declared = Pick<FieldFragment, 'name' | 'title' | 'kind' | 'constants' | 'suggestions'>;

/** A column of the table: the item's name, its decision, or a declared field. */
export interface Column extends Declared {
  /** The declared field; undefined for name and decision. */
  readonly field?: FieldFragment;
  readonly width: string;
}
export type Item = Pick<ItemFragment, 'itemKey' | 'label' | 'content' | 'reviewStatus'>;

/** The column width by field type. */
const widths: Partial<Record<FieldFragment['kind'], string>> = {
  FLAG: '7rem',
  INTEGER: '7rem',
  NUMBER: '7rem',
  DATE: '8rem',
  INSTANT: '14rem',
  ENUMERATION: '10rem',
  LONG_TEXT: '26rem',
};

const nameColumn: Column = {
  name: 'label',
  title: t.item,
  kind: 'TEXT',
  constants: [],
  suggestions: [],
  width: '16rem',
};
const decisionColumn: Column = {
  name: 'reviewStatus',
  title: t.decision,
  kind: 'ENUMERATION',
  constants: ['PENDING', 'APPROVED', 'REJECTED', 'MODIFIED'].map((value) => ({ value, title: stateWord(value) })),
  suggestions: [],
  width: '9rem',
};

/** The columns of a phase's items, by which they can be shown, searched, sorted and grouped. */
export function columnsOf(fields: readonly FieldFragment[], areDecided: boolean): Column[] {
  const declared = fields
    // Identifiers are left out, since the name stands for them.
    .filter(({ isContent, kind }) => isContent && kind !== 'UUID')
    .map((field) => {
      const { name, title, kind, constants, suggestions } = field;
      return { name, title, kind, constants, suggestions, field, width: widths[kind] ?? '12rem' };
    });
  return [nameColumn, ...(areDecided ? [decisionColumn] : []), ...declared];
}

export function cellOf(item: Item, { name, field }: Column): Json | undefined {
  if (field) return valueOf(item.content, field);
  return name === 'label' ? item.label : item.reviewStatus;
}
export const shownCell = (item: Item, column: Column): string => shown(cellOf(item, column), column);

export const isEmpty = (value: Json | undefined): value is null | undefined => value === null || value === undefined;

/** A value as the key of a filter option. */
export const choiceOf = (value: Json | undefined): string => asTyped(value);

/** All texts within a value, as the API's search sees them. */
export function textsIn(value: Json | undefined): string[] {
  if (typeof value === 'string') return [value];
  return isTree(value) ? Object.values(value).flatMap(textsIn) : [];
}
