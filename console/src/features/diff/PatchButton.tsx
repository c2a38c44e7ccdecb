import { useState } from 'react';
import { messageOf } from '../../api/error';
import { Button } from '../../parts/atoms';
import { save } from '../../parts/save';
import styles from './DiffPage.module.css';

/** Downloads a diff as a JSON patch (RFC 6902), or shows why that failed. */
export function PatchButton({ name, read }: { name: string; read: () => unknown }) {
  const [problem, setProblem] = useState('');
  const take = async () => {
    setProblem('');
    try {
      const text = JSON.stringify(await read(), null, 2);
      save(`${name}.json`, new Blob([text], { type: 'application/json-patch+json' }));
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  return (
    <>
      <Button onClick={() => void take()}>Patch</Button>
      {problem && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
    </>
  );
}
