import { lazy, useState } from 'react';
import { FileSpreadsheet } from 'lucide-react';
import * as t from '#text/version';
import { loadCode } from '../../api/load-code';
import type { FieldFragment, VersionAction } from '../../generated/graphql';
import { Button } from '../../parts/atoms';
import { OnDemand } from '../../parts/OnDemand';

const FilesDialog = lazy(loadCode(() => import('./FilesDialog')));

export interface FilesOf {
  versionId: string;
  versionNumber: number;
  availableActions: readonly VersionAction[];
  workflowPhase: { config: { itemFields: readonly FieldFragment[] } };
}

/** Exports the items of a version to a spreadsheet, and imports the edited file. */
export function Files({ version }: { version: FilesOf }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <FileSpreadsheet size={14} aria-hidden /> {t.excel}
      </Button>
      {isOpen && (
        <OnDemand>
          <FilesDialog version={version} onClose={() => setOpen(false)} />
        </OnDemand>
      )}
    </>
  );
}
