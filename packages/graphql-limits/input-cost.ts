import { Kind, type FieldNode, type ValueNode } from 'graphql';

export interface InputPrices {
  /** What an argument of that name costs besides what it holds. */
  readonly arguments: Readonly<Record<string, number>>;
  /** So many characters of an argument cost a point. */
  readonly charactersPerPoint: number;
}

/** What the arguments of fields cost: a point for each entry of a list, and for each thousand characters. */
export class InputCost {
  /** A variable may be given to many fields, and is measured once. */
  readonly #known = new Map<string, number>();

  constructor(
    private readonly values: Readonly<Record<string, unknown>>,
    private readonly prices: InputPrices,
  ) {}

  of(field: FieldNode): number {
    let cost = 0;
    for (const { name, value } of field.arguments ?? [])
      cost += this.#ofLiteral(value) + (this.prices.arguments[name.value] ?? 0);
    return cost;
  }

  #ofLiteral(node: ValueNode): number {
    switch (node.kind) {
      case Kind.VARIABLE: {
        const name = node.name.value;
        let cost = this.#known.get(name);
        if (cost === undefined) this.#known.set(name, (cost = this.#ofValue(this.values[name])));
        return cost;
      }
      case Kind.LIST:
        return node.values.reduce((sum, entry) => sum + this.#ofLiteral(entry), node.values.length);
      case Kind.OBJECT:
        return node.fields.reduce((sum, { value }) => sum + this.#ofLiteral(value), 0);
      default:
        return 'value' in node ? this.#ofValue(node.value) : 0;
    }
  }

  #ofValue(value: unknown): number {
    if (typeof value === 'string') return Math.floor(value.length / this.prices.charactersPerPoint);
    if (Array.isArray(value)) return value.reduce<number>((sum, entry) => sum + this.#ofValue(entry), value.length);
    if (typeof value !== 'object' || value === null) return 0;
    let keys = 0;
    let cost = 0;
    for (const [key, entry] of Object.entries(value)) {
      keys += key.length;
      cost += this.#ofValue(entry);
    }
    return cost + Math.floor(keys / this.prices.charactersPerPoint);
  }
}
