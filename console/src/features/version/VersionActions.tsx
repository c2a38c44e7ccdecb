import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import * as common from '#text/common';
import * as t from '#text/version';
import { useCommand } from '../../api/command';
import {
  DeleteVersionDocument,
  RestoreDocument,
  ReviseDocument,
  SubmitDocument,
  WithdrawDocument,
  type VersionAction,
  type VersionHeadFragment,
} from '../../generated/graphql';
import { Button } from '../../parts/atoms';
import { ReasonDialog } from '../../parts/ReasonDialog';
import { DraftPreview } from './DraftPreview';

interface Action {
  action: VersionAction;
  verb: string;
  /** The consequence. */
  then: string;
  takesReason: boolean;
  /** Whether the action starts a draft with the content of this version. */
  begins?: true;
  kind: 'main' | 'plain' | 'bad';
}
const actions: readonly Action[] = [
  {
    action: 'SUBMIT',
    verb: t.submit,
    then: t.itsContentIsFrozenAnd,
    takesReason: false,
    kind: 'main',
  },
  {
    action: 'WITHDRAW',
    verb: t.withdraw,
    then: t.itBecomesADraftAgain,
    takesReason: false,
    kind: 'plain',
  },
  {
    action: 'REVISE',
    verb: t.revise,
    then: t.aNewDraftStartsWith,
    takesReason: false,
    begins: true,
    kind: 'main',
  },
  {
    action: 'RESTORE',
    verb: t.restore,
    then: t.aNewDraftStartsWithThe,
    takesReason: false,
    begins: true,
    kind: 'plain',
  },
  {
    action: 'DELETE',
    verb: t.toDelete,
    then: t.itIsHiddenFromEverybody,
    takesReason: true,
    kind: 'bad',
  },
];

/** The actions on the whole version that the API offers the viewer. */
export function VersionActions({ version }: { version: VersionHeadFragment }) {
  const [asked, setAsked] = useState<Action | null>(null);
  const offered = actions.filter(({ action }) => version.availableActions.includes(action));
  return (
    <>
      {offered.map((deed) => (
        <Button key={deed.action} kind={deed.kind} onClick={() => setAsked(deed)}>
          {deed.verb}
        </Button>
      ))}
      {asked && <ActionDialog version={version} deed={asked} onClose={() => setAsked(null)} />}
    </>
  );
}

interface Props {
  version: VersionHeadFragment;
  deed: Action;
  onClose: () => void;
}
function ActionDialog({ version, deed, onClose }: Props) {
  const commands = {
    SUBMIT: useCommand(SubmitDocument),
    WITHDRAW: useCommand(WithdrawDocument),
    REVISE: useCommand(ReviseDocument),
    RESTORE: useCommand(RestoreDocument),
    DELETE: useCommand(DeleteVersionDocument),
  };
  const command = commands[deed.action as keyof typeof commands];
  const navigate = useNavigate();
  const title = t.doWithVersion(deed.verb, version.versionNumber);
  const submit = (reason: string | null, taken: () => void) => {
    const input = { versionId: version.versionId, expectedRevision: version.revision, reason };
    command.mutate(
      { input },
      {
        onSuccess: (answer) => {
          taken();
          onClose();
          // Starting a draft leads to that draft.
          const left = Object.values(answer as Record<string, { version: { versionId: string } } | null>)[0]?.version;
          if (left && left.versionId !== version.versionId)
            void navigate({ to: '/v/$versionId', params: { versionId: left.versionId } });
        },
      },
    );
  };
  return (
    <ReasonDialog
      about={version.versionId}
      title={title}
      then={deed.then}
      label={deed.takesReason ? common.reason : common.reasonOptional}
      isRequired={deed.takesReason}
      kind={deed.kind === 'bad' ? 'bad' : 'main'}
      command={command}
      onSubmit={submit}
      onClose={onClose}
    >
      {deed.begins && version.current && version.current.versionNumber !== version.versionNumber && (
        <DraftPreview version={version} from={version.current.versionNumber} />
      )}
    </ReasonDialog>
  );
}
