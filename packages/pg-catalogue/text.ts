import { byText, isMain, type Catalogue, type CatalogueObject } from './catalogue';

/** The properties of an object: on its line if there is one, else below its name. */
export function printDefinition({ aspects }: Pick<CatalogueObject, 'aspects'>): string {
  return [...aspects]
    .sort(([a], [b]) => byText(a, b))
    .map(([aspect, value]) =>
      value.includes('\n') ? `  ${aspect}:\n${value.replaceAll(/^(?=.)/gm, '    ')}\n` : `  ${aspect}: ${value}\n`,
    )
    .join('');
}

export function printCatalogue(catalogue: Catalogue): string {
  const places = new Map<string, string[]>();
  for (const [object, { place }] of catalogue) places.set(place, [...(places.get(place) ?? []), object]);
  return [...places]
    .sort(([a], [b]) => byText(a, b))
    .map(([place, objects]) => {
      const order = (object: string) => `${isMain(object) ? 0 : 1}${object}`;
      const texts = objects
        .sort((a, b) => byText(order(a), order(b)))
        .map((object) => `${object}\n${printDefinition(catalogue.get(object)!)}`);
      return `# ${place}\n\n${texts.join('')}`;
    })
    .join('\n');
}

export function parseCatalogue(text: string): Catalogue {
  const objects = new Map<string, CatalogueObject & { aspects: Map<string, string> }>();
  let place = '';
  let aspects = new Map<string, string>();
  let aspect = '';
  let lines: string[] = [];
  const close = () => {
    if (aspect) aspects.set(aspect, lines.join('\n').trim());
    [aspect, lines] = ['', []];
  };
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('    ')) lines.push(line.slice(4));
    else {
      close();
      if (line.startsWith('# ')) place = line.slice(2);
      else if (line.startsWith('  ')) {
        const colon = line.indexOf(':');
        aspect = line.slice(2, colon);
        lines = [line.slice(colon + 2)];
      } else {
        aspects = new Map();
        objects.set(line, { place, aspects, harmless: false });
      }
    }
  }
  close();
  return objects;
}
