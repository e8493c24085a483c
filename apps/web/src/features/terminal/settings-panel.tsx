// How terminals look and sound in this browser.
import { Minus, Plus } from 'lucide-react';
import { t, type PlainKey } from '../../lib/i18n/t.js';
import { Button } from '../../ui/button.js';
import { Field } from '../../ui/field.js';
import { IconButton } from '../../ui/icon-button.js';
import { Select } from '../../ui/select.js';
import { Switch } from '../../ui/switch.js';
import {
  changeFontSize,
  changeSettings,
  fontSizes,
  scrollbackChoices,
  terminalThemes,
  useTerminalSettings,
  type TerminalThemeName,
} from './terminal-settings.js';
import { ToolPanel } from './tool-panel.js';

export interface SettingsPanelProps {
  /** Size of the type now, in pixels. */
  fontSize: number;
  onSelectAll: () => void;
  onAbout: () => void;
  onClose: () => void;
}

const themeWords: Readonly<Record<TerminalThemeName, PlainKey>> = {
  app: 'terminal.theme.app',
  night: 'terminal.theme.night',
  paper: 'terminal.theme.paper',
  contrast: 'terminal.theme.contrast',
  dusk: 'terminal.theme.dusk',
  moss: 'terminal.theme.moss',
};

export function SettingsPanel({ fontSize, onSelectAll, onAbout, onClose }: SettingsPanelProps) {
  const settings = useTerminalSettings();
  return (
    <ToolPanel title={t('terminal.settings')} onClose={onClose}>
      <div className="flex items-center gap-1">
        <span className="flex-1 text-12 font-medium text-text-2">{t('terminal.fontSize')}</span>
        <IconButton
          size="sm"
          variant="secondary"
          label={t('terminal.fontSmaller')}
          disabled={fontSize <= fontSizes.min}
          onClick={() => changeFontSize(fontSize, -1)}
        >
          <Minus aria-hidden="true" />
        </IconButton>
        <span role="status" className="nums w-14 text-center text-12">
          {t('terminal.fontPx', { n: fontSize })}
        </span>
        <IconButton
          size="sm"
          variant="secondary"
          label={t('terminal.fontLarger')}
          disabled={fontSize >= fontSizes.max}
          onClick={() => changeFontSize(fontSize, 1)}
        >
          <Plus aria-hidden="true" />
        </IconButton>
        <Button
          size="sm"
          variant="ghost"
          disabled={settings.fontSize === null}
          onClick={() => changeFontSize(fontSize, null)}
        >
          {t('terminal.fontUsual')}
        </Button>
      </div>
      <div className="grid grid-cols-2 gap-3">
        <Field label={t('terminal.theme')}>
          {(control) => (
            <Select
              {...control}
              value={settings.theme}
              onValueChange={(theme) => changeSettings({ theme })}
              options={terminalThemes.map((value) => ({ value, label: t(themeWords[value]) }))}
            />
          )}
        </Field>
        <Field label={t('terminal.scrollback')}>
          {(control) => (
            <Select
              {...control}
              value={String(settings.scrollback)}
              onValueChange={(value) => {
                const lines = scrollbackChoices.find((choice) => String(choice) === value);
                if (lines) changeSettings({ scrollback: lines });
              }}
              options={scrollbackChoices.map((lines) => ({
                value: String(lines),
                label: new Intl.NumberFormat('en-US').format(lines),
              }))}
            />
          )}
        </Field>
      </div>
      <div className="grid gap-3 text-12">
        <Switch
          checked={settings.bellSound}
          onCheckedChange={(bellSound) => changeSettings({ bellSound })}
          label={t('terminal.bellSound')}
        />
        <Switch
          checked={settings.screenReader}
          onCheckedChange={(screenReader) => changeSettings({ screenReader })}
          label={t('terminal.screenReader')}
        />
      </div>
      <div className="flex flex-wrap items-center gap-2 border-t border-line pt-3">
        <Button size="sm" onClick={onSelectAll}>
          {t('terminal.selectAll')}
        </Button>
        <Button size="sm" onClick={onAbout}>
          {t('terminal.about')}
        </Button>
        <p className="w-full text-12 text-text-3">{t('terminal.settingsKept')}</p>
      </div>
    </ToolPanel>
  );
}
