/**
 * Operations made from the schema: everything that can be asked of an object, each field under an alias that says which type
 * and field it is, so that an answer tells by itself what was answered. What is asked for by its own id (a Node) is asked for
 * with its plain fields only where it hangs on another; it is asked for whole by its id.
 */
import {
  getNamedType,
  isInterfaceType,
  isLeafType,
  isNonNullType,
  isObjectType,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
} from 'graphql';
import { makeSchema } from '../../src/graphql/schema';

export const schema = makeSchema();

type Owner = GraphQLObjectType | GraphQLInterfaceType;
type AnyField = GraphQLField<unknown, unknown>;

/** The types whose fields people ask for; interfaces stand for what their implementations have in common. */
export const owners: readonly Owner[] = Object.values(schema.getTypeMap()).filter(
  (type): type is Owner => (isObjectType(type) || isInterfaceType(type)) && !type.name.startsWith('__'),
);

/** The type that a field is declared in: the first interface that has it, else the type itself. */
function declaredIn(type: Owner, field: string): string {
  const declaring = type.getInterfaces().filter((parent) => parent.getFields()[field]);
  return (declaring.find(({ name }) => name === 'Node') ?? declaring[0] ?? type).name;
}
const nameOf = (type: Owner, field: string): string => `${declaredIn(type, field)}.${field}`;

/** Every field of the schema, as `Type.field`, once. */
export const allFields: readonly string[] = [
  ...new Set(owners.flatMap((type) => Object.keys(type.getFields()).map((field) => nameOf(type, field)))),
].sort();

export const isNode = (type: GraphQLNamedType): boolean =>
  type.name === 'Node' || ((isObjectType(type) || isInterfaceType(type)) && type.getInterfaces().some(isNode));

/** What arguments a field is asked with, by `Type.field`: once for each, as GraphQL text; '' for none. */
export type Arguments = Readonly<Record<string, readonly string[]>>;

const optional = ({ args }: AnyField): boolean =>
  args.every(({ type, defaultValue }) => !isNonNullType(type) || defaultValue !== undefined);

/** Enough for lists to be whole, as far as objects are few. */
const WHOLE = 100;

/** Lists are asked for with so many entries, and with what is deleted, if it is shown. */
function pageOf({ args }: AnyField, entries: number): string {
  const has = (name: string) => args.some((arg) => arg.name === name);
  return [
    ...(has('first') ? [`first: ${entries}`] : []),
    ...(has('includeDeleted') ? ['includeDeleted: true'] : []),
  ].join(', ');
}

const inBrackets = (text: string): string => (text ? `(${text})` : '');

/** Whether these arguments lead to another instant. */
const elsewhen = (variant: string): boolean => /\b(at|asOf):/.test(variant);

/** A field that refuses takes what is around it along, so it is asked for by itself. */
const mayRefuse = (name: string): boolean => name === 'PhaseVersion.diff';

/** What is selected of the types, each as a fragment that is written down once. */
export class Selections {
  private readonly fragments = new Map<string, string>();

  /** @param entries how many of a list are asked for */
  constructor(
    private readonly given: Arguments,
    private readonly entries = WHOLE,
  ) {}

  /** An operation, with the fragments that it takes. */
  document(operation: string): string {
    const taken = new Set<string>();
    const take = (text: string): void => {
      for (const [, name] of text.matchAll(/\.\.\.(\w+)/g))
        if (name !== 'on' && !taken.has(name!)) {
          taken.add(name!);
          take(this.fragments.get(name!)!);
        }
    };
    take(operation);
    return [operation, ...[...taken].map((name) => this.fragments.get(name)!)].join('\n');
  }

  private fragment(kind: string, type: Owner, selection: () => string): string {
    const name = `${kind}${type.name}`;
    if (!this.fragments.has(name)) {
      this.fragments.set(name, ''); // what leads back to itself is not followed
      this.fragments.set(name, `fragment ${name} on ${type.name} { __typename ${selection()} }`);
    }
    return `...${name}`;
  }

  /** All of an object. @param depth how many more times a Node below is asked for whole, where it is read at another instant */
  whole(type: Owner, depth: number): string {
    if (isInterfaceType(type))
      return this.fragment(`Whole${depth}`, type, () =>
        schema
          .getPossibleTypes(type)
          .map((kind) => `... on ${kind.name} { ${this.whole(kind, depth)} }`)
          .join(' '),
      );
    return this.fragment(`Whole${depth}`, type, () =>
      Object.values(type.getFields())
        .filter((field) => !mayRefuse(nameOf(type, field.name)))
        .flatMap((field) => this.asked(type, field as AnyField, depth))
        .join(' '),
    );
  }

  /** One field, once for each of its arguments. */
  asked(type: Owner, field: AnyField, depth: number): string[] {
    const name = nameOf(type, field.name);
    const all = this.given[name] ?? (optional(field) ? [''] : []);
    const variants = depth > 0 ? all : all.filter((variant) => !elsewhen(variant));
    const below = getNamedType(field.type) as Owner;
    return variants.map((variant, i) => {
      const alias = `${name.replace('.', '__')}${i === 0 ? '' : `__${i}`}`;
      const text = [pageOf(field, this.entries), variant].filter(Boolean).join(', ');
      const selection = isLeafType(below) ? '' : ` { ${this.below(below, variant, depth)} }`;
      return `${alias}: ${field.name}${inBrackets(text)}${selection}`;
    });
  }

  private below(type: Owner, variant: string, depth: number): string {
    if (!isNode(type)) return this.whole(type, depth);
    return elsewhen(variant) ? this.whole(type, depth - 1) : this.plain(type);
  }

  /** The plain fields of an object, of whichever type it is. */
  private plain(type: Owner): string {
    const fields = (of: Owner, besides: object = {}) =>
      Object.values(of.getFields())
        .filter(
          (field) => !(field.name in besides) && isLeafType(getNamedType(field.type)) && optional(field as AnyField),
        )
        .map((field) => `${nameOf(of, field.name).replace('.', '__')}: ${field.name}`)
        .join(' ');
    const kinds = isInterfaceType(type) ? schema.getPossibleTypes(type) : [];
    return this.fragment('Plain', type, () =>
      [
        fields(type),
        ...kinds.map((kind) => `... on ${kind.name} { __typename ${fields(kind, type.getFields())} }`),
      ].join(' '),
    );
  }
}

// ── answers ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What an answer says of each field, by `Type.field` and place: a plain value, or which objects there are. */
export type Seen = Map<string, Map<string, string>>;

type Answered = Readonly<Record<string, unknown>>;

/** What tells an object of a list from the others there, whatever else is in the list. */
function identity(value: unknown, index: number): string {
  if (typeof value !== 'object' || value === null) return String(index);
  const { __typename, ...fields } = value as Answered;
  const of = (...names: string[]) =>
    names
      .map((name) => fields[`${String(__typename)}__${name}`])
      .filter((part) => typeof part === 'string')
      .join();
  const own = typeof fields.Node__id === 'string' ? fields.Node__id : of('cursor');
  const keys = [
    own,
    ...['itemKey', 'path', 'phase', 'code', 'historyId'].map((name) => of(name)),
    of('table', 'rowId'),
  ];
  return keys.find(Boolean) ?? String(index);
}

interface Asked {
  readonly name: string;
  /** What is added to the place. */
  readonly step: string;
  readonly isLeaf: boolean;
}
const known = new Map<string, Asked | null>();

/** What an alias says; null for one that says nothing. */
function askedAs(alias: string): Asked | null {
  let asked = known.get(alias);
  if (asked === undefined) {
    const [type, field, variant = ''] = alias.split('__');
    const name = `${type}.${field}`;
    asked =
      type && field
        ? {
            name,
            step: `/${name}${variant}`,
            isLeaf: isLeafType(getNamedType((schema.getType(type) as Owner).getFields()[field]!.type)),
          }
        : null;
    known.set(alias, asked);
  }
  return asked;
}

/** Reads an answer. @param place where the object is */
export function look(answer: unknown, place: string, seen: Seen = new Map()): Seen {
  if (Array.isArray(answer)) answer.forEach((entry, index) => look(entry, `${place}/${identity(entry, index)}`, seen));
  else if (typeof answer === 'object' && answer !== null)
    for (const [alias, value] of Object.entries(answer as Answered)) {
      const asked = askedAs(alias);
      if (!asked) continue;
      const at = place + asked.step;
      let values = seen.get(asked.name);
      if (!values) seen.set(asked.name, (values = new Map()));
      values.set(at, asked.isLeaf ? JSON.stringify(value) : shapeOf(value));
      if (!asked.isLeaf) look(value, at, seen);
    }
  return seen;
}

/** Which objects there are: of a page, those on it. */
function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(identity).join(' ');
  if (value === null) return 'null';
  const { __typename, ...fields } = value as Answered;
  const nodes = fields[`${String(__typename)}__nodes`];
  return nodes ? `[${shapeOf(nodes)}]` : identity(value, 0);
}

/** Whether a field's type has room for free text. */
export function holdsText(name: string): boolean {
  const [type, field] = name.split('.') as [string, string];
  const { type: of } = (schema.getType(type) as Owner).getFields()[field]!;
  return ['String', 'JSON', 'JSONObject'].includes(getNamedType(of).name);
}

/** The ids of all objects in an answer that can be asked for again. */
export function nodeIdsIn(answer: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(answer)) for (const entry of answer) nodeIdsIn(entry, found);
  else if (typeof answer === 'object' && answer !== null)
    for (const [alias, value] of Object.entries(answer as Answered))
      if (alias === 'Node__id') found.add(value as string);
      else nodeIdsIn(value, found);
  return found;
}
