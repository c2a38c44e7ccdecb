import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import * as common from '#text/common';
import * as t from '#text/help';
import { Failure, Notice, Waiting } from '../../parts/Notices';
import { useViewer } from '../../shell/use-viewer';
import { guideNames, guidesFor, isGuide, type Guide } from './guides';
import styles from './HelpPage.module.css';
import { Markdown } from './Markdown';
import type { Block } from './markdown';

const route = getRouteApi('/help/$guide');
const texts = import.meta.glob<Block>('../../../../docs/guide/*.md', { import: 'default' });
const read = (guide: Guide): Promise<Block> => texts[`../../../../docs/guide/${guide}.md`]!();

/** The day's work of each role: the pages of docs/guide. */
export default function HelpPage() {
  const { guide } = route.useParams();
  if (!isGuide(guide))
    return (
      <Notice page title={t.thereIsNoSuchGuide}>
        <Link to="/help/$guide" params={{ guide: 'README' }}>
          {t.allGuides}
        </Link>
      </Notice>
    );
  return <Loaded guide={guide} />;
}

function Loaded({ guide }: { guide: Guide }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['guide', guide],
    queryFn: () => read(guide),
    staleTime: Infinity,
  });
  const viewer = useViewer();
  const own = guidesFor(viewer?.roles ?? []);
  const { hash } = useLocation();
  // The text comes after the page, so the browser could not scroll there.
  useEffect(() => {
    if (data && hash) document.getElementById(hash)?.scrollIntoView();
  }, [data, hash]);
  return (
    <div className={styles.page}>
      <nav className={styles.guides} aria-label={common.guides}>
        <ul>
          {(Object.keys(guideNames) as Guide[]).map((one) => (
            <li key={one}>
              <Link to="/help/$guide" params={{ guide: one }}>
                {guideNames[one]}
                {own.includes(one) && <small>{t.yours}</small>}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <article className={styles.text}>
        {error && !data && <Failure page error={error} retry={() => void refetch()} />}
        {!data && !error && <Waiting page bare rows={10} />}
        {data && <Markdown of={data} />}
      </article>
    </div>
  );
}
