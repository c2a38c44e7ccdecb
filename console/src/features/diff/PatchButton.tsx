import { useMutation } from '@tanstack/react-query';
import * as t from '#text/diff';
import { Button } from '../../parts/atoms';
import { Outcome } from '../../parts/Outcome';
import { save } from '../../parts/save';

/** Downloads a diff as a JSON patch (RFC 6902), or shows why that failed. */
export function PatchButton({ name, read }: { name: string; read: () => unknown }) {
  const take = useMutation({
    mutationFn: async () => {
      const text = JSON.stringify(await read(), null, 2);
      save(`${name}.json`, new Blob([text], { type: 'application/json-patch+json' }));
    },
  });
  return (
    <>
      <Button aria-disabled={take.isPending} onClick={() => take.mutate()}>
        {t.patch}
      </Button>
      <Outcome of={take} isRead />
    </>
  );
}
