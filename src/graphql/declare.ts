/**
 * Declares API types as tables, like the fields of phases: a field has a description, a type, and, unless the object has a property of its
 * name, a resolver. type-graphql builds the schema from them; its decorators are called here.
 */
import 'reflect-metadata';
import {
  Arg,
  Extensions,
  Field,
  Float,
  InputType,
  Int,
  InterfaceType,
  Mutation,
  ObjectType,
  Query,
  Subscription,
  type ClassType,
} from 'type-graphql';
import type { GraphQLObjectType, GraphQLResolveInfo } from 'graphql';
import type { Json } from '../versioning/model';
import type { Context } from './context';
import { DateScalar, DateTimeScalar, JSONObjectScalar, JSONScalar, UUIDScalar } from './scalars';

/** A type, resolved lazily once all are known: a class, a scalar, an enumeration, or a list of one. */
type TypeName = () => unknown;

/** A type with its nullability. */
interface Nullable {
  readonly type: TypeName;
  readonly nullable: boolean | 'items';
}

/** A property of an object, or an input field or argument. */
export interface Value<V = unknown> extends Nullable {
  readonly description: string;
  readonly defaultValue?: V;
}
export type Values = Readonly<Record<string, Value>>;

/** The values of declared arguments. */
export type Given<A> = { readonly [K in keyof A]: A[K] extends Value<infer V> ? V : never };

export interface Answered<Root> extends Value {
  readonly args?: Values;
  readonly answer?: (root: Root, context: Context, args: never, info: GraphQLResolveInfo) => unknown;
  /** For subscriptions: the source of events, each an object of its own. */
  readonly news?: (context: Context, args: never) => Promise<Updates>;
  /** Further properties of the field: its cost, or that its value changes although its object does not. */
  readonly extensions?: object;
}
type Table<Root> = Readonly<Record<string, Answered<Root>>>;

/** The class that stands for a type over rows of this kind. */
export type TypeOf<Root> = ClassType & { readonly root?: (root: Root) => void };

// ── values ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Makers of values of each kind, with their description for the manual. */
function valuesThatMayBe<Missing>(nullable: boolean) {
  const of = <V>(description: string, type: TypeName): Value<V | Missing> => ({ description, type, nullable });
  const kind =
    <V>(type: unknown) =>
    (description: string): Value<V | Missing> =>
      of(description, () => type);
  return {
    of,
    text: kind<string>(String),
    texts: kind<string[]>([String]),
    int: kind<number>(Int),
    float: kind<number>(Float),
    flag: kind<boolean>(Boolean),
    uuid: kind<string>(UUIDScalar),
    uuids: kind<string[]>([UUIDScalar]),
    date: kind<string>(DateScalar),
    instant: kind<Date>(DateTimeScalar),
    json: kind<Json>(JSONScalar),
    jsonObject: kind<Record<string, unknown>>(JSONObjectScalar),
  };
}
/** Non-null values. */
export const a = valuesThatMayBe<never>(false);
/** A nullable type; and values that may be null, or omitted from an input. */
export const optional = Object.assign((type: TypeName): Nullable => ({ type, nullable: true }), {
  ...valuesThatMayBe<null | undefined>(true),
});

// ── answers ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const valueOf = (description: string, type: TypeName | Nullable): Value =>
  typeof type === 'function' ? { description, type, nullable: false } : { description, ...type };

type Answer<Root, A> = (root: Root, context: Context, args: Given<A>, info: GraphQLResolveInfo) => unknown;

/** A field with a resolver. */
export function resolved<Root>(
  description: string,
  type: TypeName | Nullable,
  answer: Answer<Root, Values>,
): Answered<Root>;
export function resolved<Root, A extends Values>(
  description: string,
  type: TypeName | Nullable,
  args: A,
  answer: Answer<Root, A>,
): Answered<Root>;
export function resolved(
  description: string,
  type: TypeName | Nullable,
  ...given: [Answer<never, never>] | [Values, Answer<never, never>]
): Answered<never> {
  const [args, answer] = given.length === 1 ? [undefined, given[0]] : given;
  return { ...valueOf(description, type), args, answer };
}

/**
 * A stream of possible events. Each entry is a function that returns what to deliver, given the client's context at that time, or null for
 * nothing.
 */
export type Updates = AsyncIterable<(context: Context) => Promise<unknown>>;

/** A subscription field, which delivers events from the moment of subscribing. */
export const streamed = <A extends Values>(
  description: string,
  type: TypeName,
  args: A,
  news: (context: Context, args: Given<A>) => Promise<Updates>,
): Answered<undefined> => ({ ...valueOf(description, type), args, news });

/** Declares fields that load the object referenced by a column of the row. Those of `optional` are nullable. */
export function pointerTo(Type: TypeName, loader: 'user' | 'lob' | 'cycle' | 'report' | 'workflow' | 'version') {
  const fieldOf =
    (type: TypeName | Nullable) =>
    <Root>(description: string, column: keyof Root & string): Answered<Root> =>
      resolved(description, type, (root: Root, { loaders }) => {
        const key = root[column];
        return key == null ? null : loaders[loader].load(key as never);
      });
  return Object.assign(fieldOf(Type), { optional: fieldOf(optional(Type)) });
}

function declareField<Root>(
  { prototype }: ClassType,
  name: string,
  { type, nullable, description, defaultValue, args, answer, news, extensions }: Answered<Root>,
  declare: typeof Field | typeof Query | typeof Mutation | typeof Subscription = Field,
): void {
  const options = { nullable, description, defaultValue, simple: true, ...(news && { subscribe: nothing }) };
  (declare as typeof Field)(type as () => never, options)(prototype, name);
  for (const [index, [argument, given]] of Object.entries(args ?? {}).entries())
    Arg(argument, given.type as () => never, given as object)(prototype, name, index);
  if (answer || news || extensions) Extensions({ ...extensions, answer, news })(prototype, name);
}

/** A placeholder: type-graphql demands a subscriber, and the real one is attached below, when the schema is built. */
const nothing = () => {
  throw new Error('This field cannot be subscribed to in this way.');
};

/** Adds fields to a type; all implementing types inherit the fields of an interface. */
export function addFields<Root>(Type: TypeOf<Root>, table: Table<NoInfer<Root>>): void {
  for (const [name, field] of Object.entries(table)) declareField(Type, name, field);
}

/** Attaches the declared resolvers to a type. */
export function answerAsDeclared(type: GraphQLObjectType<unknown, Context>): void {
  for (const field of Object.values(type.getFields())) {
    const { answer, news } = field.extensions as Pick<Answered<unknown>, 'answer' | 'news'>;
    if (answer) field.resolve = (root, args, context, info) => answer(root, context, args as never, info);
    if (news) {
      field.resolve = (root) => root;
      field.subscribe = (_, args, context) => news(context, args as never);
    }
  }
}

/** Holds the fields of queries and mutations. */
export class Roots {}

export function queries(table: Table<undefined>): void {
  for (const [name, field] of Object.entries(table)) declareField(Roots, name, field, Query);
}

export function mutations(table: Table<undefined>): void {
  for (const [name, field] of Object.entries(table)) declareField(Roots, name, field, Mutation);
}

export function subscriptions(table: Table<undefined>): void {
  for (const [name, field] of Object.entries(table)) declareField(Roots, name, field, Subscription);
}

// ── types ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The plain properties of a type's rows. */
export type ValuesOf<Row> = { readonly [K in keyof Row & string]?: Answered<Row> };

const named = (name: string, Base?: ClassType): ClassType =>
  (Base ? { [name]: class extends Base {} } : { [name]: class {} })[name]!;

const typeMaker =
  (declare: typeof ObjectType) =>
  <Row>(name: string, description: string, values: ValuesOf<Row>, Interface?: TypeOf<never>): TypeOf<Row> => {
    const Type = named(name, Interface);
    declare(name, { description, implements: Interface ?? [] })(Type);
    addFields(Type as TypeOf<Row>, values as Table<Row>);
    return Type;
  };

/** An object type: the properties of its rows, and the interface it implements. */
export const objectType = typeMaker(ObjectType);

/** An interface, whose objects state their type. */
export const interfaceType = typeMaker(InterfaceType as typeof ObjectType);

/** The class that stands for an input type. */
export type InputOf<Input> = ClassType & { readonly given?: (input: Input) => void };

/** An input type, with the members that an operation takes. */
export function inputType<Input>(
  name: string,
  description: string,
  members: { readonly [K in keyof Input]?: Value },
): InputOf<Input> {
  const Input = named(name);
  for (const [member, value] of Object.entries(members as Values)) declareField(Input, member, value);
  InputType(name, { description })(Input);
  return Input;
}
