import { useMutation } from '@tanstack/react-query';
import { useRef, useState, type FormEvent } from 'react';
import * as common from '#text/common';
import * as t from '#text/files';
import { useCommand } from '../../api/command';
import { PutItemsDocument, type PutItemsInput } from '../../generated/graphql';
import { Button } from '../../parts/atoms';
import floating from '../../parts/floating.module.css';
import { FormEnd } from '../../parts/FormEnd';
import { Modal } from '../../parts/Modal';
import { Outcome } from '../../parts/Outcome';
import { useAt } from '../../shell/use-at';
import type { FilesOf } from './Files';
import { changesOf, download, inputOf, type Conflict, type Format } from './files';
import styles from './FilesDialog.module.css';
import { Preview } from './Preview';

interface Props {
  version: FilesOf;
  onClose: () => void;
}

/** Downloads items as a file, and previews the changes of an edited file before anything is written. */
export default function FilesDialog({ version, onClose }: Props) {
  const { at } = useAt();
  const { versionId, versionNumber, availableActions, workflowPhase } = version;
  const { itemFields } = workflowPhase.config;
  const reason = useRef<HTMLTextAreaElement>(null);
  const [taken, setTaken] = useState<readonly Conflict[]>([]);
  const out = useMutation({ mutationFn: (format: Format) => download(versionId, format, at) });
  const back = useMutation({ mutationFn: (file: File) => changesOf(versionId, file) });
  const put = useCommand(PutItemsDocument);
  const canEdit = !at && availableActions.includes('EDIT');
  const file = back.data;
  const total = file ? new Set([...file.changed, ...taken].map(({ itemKey }) => itemKey)).size + file.added.length : 0;

  const read = (given: File | undefined) => {
    if (!given) return;
    setTaken([]);
    put.reset();
    back.mutate(given);
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (!file || total === 0) return;
    const said = reason.current?.value.trim() || null;
    put.mutate({ input: { ...(inputOf(file, taken) as PutItemsInput), reason: said } }, { onSuccess: onClose });
  };

  return (
    <Modal
      title={t.itemsOfVersionAsA(versionNumber)}
      description={t.sortTheRowsAndMove(at && t.asTheyWereAtThe)}
      className={styles.dialog}
      onClose={onClose}
    >
      <div className={styles.ways}>
        <Button kind={file ? 'plain' : 'main'} onClick={() => out.mutate('xlsx')} aria-disabled={out.isPending}>
          {t.downloadForExcel}
        </Button>
        <Button onClick={() => out.mutate('csv')} aria-disabled={out.isPending}>
          {t.downloadAsCsv}
        </Button>
      </div>
      <Outcome of={out} isRead />
      {canEdit && (
        <form onSubmit={save}>
          <label
            className={styles.drop}
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => {
              event.preventDefault();
              read(event.dataTransfer.files[0]);
            }}
          >
            <strong>{t.uploadAnEditedFile}</strong>
            <span className={floating.note}>{t.chooseItOrDropIt}</span>
            <input
              type="file"
              accept=".xlsx,.csv,.tsv,.txt"
              // Allows choosing the same file again after another edit.
              onClick={(event) => (event.currentTarget.value = '')}
              onChange={(event) => read(event.target.files?.[0])}
            />
          </label>
          <Outcome of={back} isRead />
          {file && (
            <>
              <Preview file={file} fields={itemFields} taken={taken} onTake={setTaken} />
              {total > 0 && (
                <label className={floating.field}>
                  {common.reasonOptional}
                  <textarea ref={reason} />
                </label>
              )}
              <FormEnd of={put} isBlocked={total === 0}>
                {total === 0 ? t.nothingToSave : t.saveItems(total)}
              </FormEnd>
            </>
          )}
        </form>
      )}
    </Modal>
  );
}
