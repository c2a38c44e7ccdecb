import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import { isGuide } from './guides';
import scroll from '../../parts/Scroll.module.css';
import { placeOf, textOf, type Block } from './markdown';

/** A guide's text. Its links to other guides are links of the console; of other documents, which the console has not, it names the file. */
export function Markdown({ of }: { of: Block }) {
  switch (of.type) {
    case 'text':
      return of.value;
    case 'inlineCode':
      return <code>{of.value}</code>;
    case 'image':
      return <img src={of.url} alt={of.alt} width={of.width} height={of.height} loading="lazy" />;
    case 'root':
      return <Inner of={of.children} />;
    case 'paragraph':
      return (
        <p>
          <Inner of={of.children} />
        </p>
      );
    case 'strong':
      return (
        <b>
          <Inner of={of.children} />
        </b>
      );
    case 'emphasis':
      return (
        <em>
          <Inner of={of.children} />
        </em>
      );
    case 'heading': {
      const Heading = of.depth === 1 ? 'h1' : 'h2';
      return (
        <Heading id={placeOf(textOf(of))}>
          <Inner of={of.children} />
        </Heading>
      );
    }
    case 'list': {
      const List = of.ordered ? 'ol' : 'ul';
      return (
        <List>
          <Inner of={of.children} />
        </List>
      );
    }
    case 'listItem':
      return (
        <li>
          <Inner of={of.children} />
        </li>
      );
    case 'table':
      return <Table rows={of.children} />;
    case 'link':
      return <Onward url={of.url} of={of} />;
    default:
      return <Inner of={of.children} />;
  }
}

const Inner = ({ of }: { of: readonly Block[] }) => of.map((one, index) => <Markdown key={index} of={one} />);

const cellsOf = (row: Block): readonly Block[] => ('children' in row ? row.children : []);

function Table({ rows: [head, ...rows] }: { rows: readonly Block[] }) {
  const titles = cellsOf(head!).map(textOf);
  return (
    <div className={scroll.scroll} role="region" aria-label={titles.join(', ')} tabIndex={0}>
      <table aria-label={titles.join(', ')}>
        <thead>
          <tr>
            {titles.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {cellsOf(row).map((cell, place) => (
                <td key={place}>
                  <Markdown of={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Onward({ url, of }: { url: string; of: Block & { type: 'link' } }) {
  const [file = '', hash] = url.split('#');
  const name = file.replace(/\.md$/, '');
  if (isGuide(name))
    return (
      <Link to="/help/$guide" params={{ guide: name }} {...(hash !== undefined && { hash })}>
        <Inner of={of.children} />
      </Link>
    );
  const document = file.split('/').findLast((part) => part !== '..');
  const text = textOf(of);
  return (
    <Fragment>
      {text !== document && <Inner of={of.children} />}
      {text !== document && ' '}
      <code>{document}</code>
    </Fragment>
  );
}
