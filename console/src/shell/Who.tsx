import { Menu } from '@base-ui/react/menu';
import { useNavigate } from '@tanstack/react-router';
import type { RefObject } from 'react';
import * as common from '#text/common';
import * as t from '#text/shell';
import { capital, roleName } from '#text/words';
import { SIGN_IN, lendToPlayground, signOutEverywhere } from '../api/session';
import floating from '../parts/floating.module.css';
import { LookOfViewer } from './Looks';
import styles from './Shell.module.css';
import { useViewer } from './use-viewer';

/** The viewer's menu. The popup is rendered inside the banner landmark, where screen readers look for it. */
export default function Who({ landmark }: { landmark: RefObject<HTMLElement | null> }) {
  const viewer = useViewer();
  const navigate = useNavigate();
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className={styles.who}>
        <LookOfViewer name={viewer?.name} />
        <span className="hidden">{t.signedIn}</span>
      </Menu.Trigger>
      <Menu.Portal container={landmark}>
        <Menu.Positioner sideOffset={6} align="end" className={floating.over}>
          <Menu.Popup className={floating.popup}>
            <Menu.Group>
              <Menu.GroupLabel className={floating.label}>
                {capital(viewer?.roles.map(roleName).join(', ') ?? '')}
              </Menu.GroupLabel>
              <Menu.Item className={floating.item} onClick={() => void navigate({ to: '/notifications' })}>
                {common.notifications}
                <span className={floating.hint}>{common.whenYouAreNotified}</span>
              </Menu.Item>
              <Menu.Item className={floating.item} onClick={openPlayground}>
                {t.playground}
                <span className={floating.hint}>{t.theApiItself}</span>
              </Menu.Item>
            </Menu.Group>
            <div className={floating.rule} />
            <Menu.Item
              className={floating.item}
              onClick={() => {
                signOutEverywhere();
                void navigate({ to: SIGN_IN, search: {} });
              }}
            >
              {t.signOut}
              <span className={floating.hint}>{t.orBeSomebodyElse}</span>
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function openPlayground() {
  lendToPlayground();
  location.assign('/playground/');
}
