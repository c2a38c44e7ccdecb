/** What the guides are written in: the nodes of their syntax trees, as console/guides.mjs leaves them. */
interface Parent {
  readonly children: readonly Block[];
}
export type Block =
  | ({ readonly type: 'root' | 'paragraph' | 'listItem' | 'strong' | 'emphasis' | 'tableRow' | 'tableCell' } & Parent)
  | ({ readonly type: 'table' } & Parent)
  | ({ readonly type: 'heading'; readonly depth: number } & Parent)
  | ({ readonly type: 'list'; readonly ordered: boolean } & Parent)
  | ({ readonly type: 'link'; readonly url: string } & Parent)
  | { readonly type: 'text' | 'inlineCode'; readonly value: string }
  | {
      readonly type: 'image';
      readonly url: string;
      readonly alt: string;
      readonly width: number;
      readonly height: number;
    };

/** The text of a node, without its formatting. */
export const textOf = (block: Block): string =>
  'children' in block ? block.children.map(textOf).join('') : 'value' in block ? block.value : '';

/** The name that a heading has as a place of its page; the same as on GitHub, where the guides are read too. */
export const placeOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
