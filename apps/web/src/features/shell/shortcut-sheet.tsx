// The `?` sheet: every shortcut that works now, by group.
import { t } from '../../lib/i18n/t.js';
import {
  groupTitles,
  keyCaps,
  useShortcuts,
  type Shortcut,
  type ShortcutGroup,
} from '../../lib/shortcuts.js';
import { Kbd } from '../../ui/kbd.js';
import { Sheet } from '../../ui/sheet.js';
import { closeSheet } from '../../lib/overlay.js';

const order: readonly ShortcutGroup[] = ['go', 'actions', 'general'];

export function ShortcutSheet() {
  const shortcuts = useShortcuts().filter(({ keys }) => keys !== '');
  return (
    <Sheet open onOpenChange={closeSheet} title={t('shell.shortcuts')}>
      {order.map((group) => {
        const rows = shortcuts.filter((each) => each.group === group);
        if (rows.length === 0) return null;
        return (
          <section key={group} className="mb-6">
            <h3 className="mb-1 text-12 text-text-3">{t(groupTitles[group])}</h3>
            <ul>
              {rows.map((each) => (
                <Row key={each.id} shortcut={each} />
              ))}
            </ul>
          </section>
        );
      })}
      <p className="text-12 text-text-3">{t('shell.shortcutsHint')}</p>
    </Sheet>
  );
}

function Row({ shortcut }: { shortcut: Shortcut }) {
  const sequence = shortcut.keys.includes(' ');
  return (
    <li className="flex min-h-8 items-center gap-1.5 border-b border-line">
      <span className="min-w-0 flex-1">{shortcut.label}</span>
      {keyCaps(shortcut.keys).map((key, i) => (
        <span key={key} className="inline-flex items-center gap-1.5 text-12 text-text-3">
          {sequence && i > 0 && t('shell.then')}
          <Kbd>{key}</Kbd>
        </span>
      ))}
    </li>
  );
}
