/**
 * Makes the guides of docs/guide part of the console: each Markdown file is a module with its syntax tree (mdast), so that the browser
 * needs no parser. Pictures become assets, with their sizes, so that no text moves when they arrive.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parsers } from 'prettier/plugins/markdown';

/** Width and height of a PNG, which stand at fixed places in its head. */
const sizeOf = (png) => ({ width: png.readUInt32BE(16), height: png.readUInt32BE(20) });

export const guides = {
  name: 'guides',
  enforce: 'pre',
  async transform(text, id) {
    if (!id.endsWith('.md')) return undefined;
    const pictures = [];
    const withoutPlaces = ({ children, ...node }) => {
      delete node.position;
      if (node.type === 'image') {
        const file = path.resolve(path.dirname(id), node.url);
        pictures.push(file);
        Object.assign(node, sizeOf(readFileSync(file)), { url: `picture ${pictures.length - 1}` });
      }
      // As the console writes it; in the files it is typed.
      if (node.type === 'text') node.value = node.value.replaceAll("'", '’');
      return { ...node, ...(children && { children: children.map(withoutPlaces) }) };
    };
    const tree = JSON.stringify(withoutPlaces(await parsers.markdown.parse(text, {})));
    const imports = pictures.map((file, index) => `import picture${index} from ${JSON.stringify(`${file}?url`)};`);
    const code = tree.replaceAll(/"picture (\d+)"/g, 'picture$1');
    return { code: `${imports.join('\n')}\nexport default ${code};`, map: null };
  },
};
