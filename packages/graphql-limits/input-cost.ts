import { Kind, type FieldNode, type ValueNode } from 'graphql';

export interface InputPrices {
  /** The additional cost of an argument with that name. */
  readonly arguments: Readonly<Record<string, number>>;
  /** The number of characters per point. */
  readonly charactersPerPoint: number;
}

/** The cost of arguments: a point for each list entry, and for each thousand characters. */
export class InputCost {
  /** A variable used by several fields is measured once. */
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
