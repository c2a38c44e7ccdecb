/**
 * The types of the API as tables, as the phases' own fields are: a field says what it is for the manual, its type and, unless
 * the object has it under its name, how it is answered. type-graphql makes the schema of it; its decorators are called here.
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

/** A type, named when all of them are known: a class that stands for it, a scalar, an enumeration, or a list of one. */
type TypeName = () => unknown;

/** A type's place in a field: whether it may be null, or what is in it. */
interface Nullable {
  readonly type: TypeName;
  readonly nullable: boolean | 'items';
}

/** A value that an object has under its name, or an input or an argument. */
export interface Value<V = unknown> extends Nullable {
  readonly description: string;
  readonly defaultValue?: V;
}
export type Values = Readonly<Record<string, Value>>;

/** What is given for arguments. */
export type Given<A> = { readonly [K in keyof A]: A[K] extends Value<infer V> ? V : never };

export interface Answered<Root> extends Value {
  readonly args?: Values;
  readonly answer?: (root: Root, context: Context, args: never, info: GraphQLResolveInfo) => unknown;
  /** What is told of it as it happens; each is an object of its own. */
  readonly news?: (context: Context, args: never) => Promise<News>;
  /** What else is known of the field: its cost, or that its value changes although its object does not. */
  readonly extensions?: object;
}
type Table<Root> = Readonly<Record<string, Answered<Root>>>;

/** The class that stands for a type whose objects are such rows. */
export type TypeOf<Root> = ClassType & { readonly root?: (root: Root) => void };

// ── values ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Values of each kind, with the words that the manual has for them. */
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
/** Values that are always there. */
export const a = valuesThatMayBe<never>(false);
/** A type that may be null; and values that may be, or that may be left out where they are given. */
export const optional = Object.assign((type: TypeName): Nullable => ({ type, nullable: true }), {
  ...valuesThatMayBe<null | undefined>(true),
});

// ── answers ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const valueOf = (description: string, type: TypeName | Nullable): Value =>
  typeof type === 'function' ? { description, type, nullable: false } : { description, ...type };

type Answer<Root, A> = (root: Root, context: Context, args: Given<A>, info: GraphQLResolveInfo) => unknown;

/** A field that is answered otherwise than by the object having a value under its name. */
export function answered<Root>(
  description: string,
  type: TypeName | Nullable,
  answer: Answer<Root, Values>,
): Answered<Root>;
export function answered<Root, A extends Values>(
  description: string,
  type: TypeName | Nullable,
  args: A,
  answer: Answer<Root, A>,
): Answered<Root>;
export function answered(
  description: string,
  type: TypeName | Nullable,
  ...given: [Answer<never, never>] | [Values, Answer<never, never>]
): Answered<never> {
  const [args, answer] = given.length === 1 ? [undefined, given[0]] : given;
  return { ...valueOf(description, type), args, answer };
}

/** What may have happened: each is asked what there is to tell to whoever the client is by then, null if there is nothing. */
export type News = AsyncIterable<(context: Context) => Promise<unknown>>;

/** A field of which is told as it happens, from the moment when somebody asks. */
export const told = <A extends Values>(
  description: string,
  type: TypeName,
  args: A,
  news: (context: Context, args: Given<A>) => Promise<News>,
): Answered<undefined> => ({ ...valueOf(description, type), args, news });

/** What a column of the row points at. */
export const pointedAt = <Root>(
  description: string,
  type: TypeName | Nullable,
  loader: 'user' | 'lob' | 'cycle' | 'report' | 'workflow' | 'version',
  column: keyof Root & string,
): Answered<Root> =>
  answered(description, type, (root: Root, { loaders }) => {
    const key = root[column];
    return key == null ? null : loaders[loader].load(key as never);
  });

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

/** type-graphql wants to be told how to subscribe; that is said below, where the schema is made. */
const nothing = () => {
  throw new Error('This is not how it is subscribed to.');
};

/** Adds fields to a type; the fields of an interface are those of all that implement it. */
export function answers<Root>(Type: TypeOf<Root>, table: Table<NoInfer<Root>>): void {
  for (const [name, field] of Object.entries(table)) declareField(Type, name, field);
}

/** Makes the fields of a type answer as they were declared. */
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

/** What queries and mutations are fields of. */
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

/** Plain values of a type, by the names that its objects have them under. */
export type ValuesOf<Row> = { readonly [K in keyof Row & string]?: Answered<Row> };

const named = (name: string, Base?: ClassType): ClassType =>
  (Base ? { [name]: class extends Base {} } : { [name]: class {} })[name]!;

const typeMaker =
  (declare: typeof ObjectType) =>
  <Row>(name: string, description: string, values: ValuesOf<Row>, Interface?: TypeOf<never>): TypeOf<Row> => {
    const Type = named(name, Interface);
    declare(name, { description, implements: Interface ?? [] })(Type);
    answers(Type as TypeOf<Row>, values as Table<Row>);
    return Type;
  };

/** An object type: the values that its objects have, and the interface that it implements. */
export const objectType = typeMaker(ObjectType);

/** An interface, whose objects say their type. */
export const interfaceType = typeMaker(InterfaceType as typeof ObjectType);

/** The class that stands for an input. */
export type InputOf<Input> = ClassType & { readonly given?: (input: Input) => void };

/** An input, with the members of what an operation takes. */
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
