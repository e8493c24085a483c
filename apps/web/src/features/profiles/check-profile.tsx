// Checks the text of a profile: mistakes with field and line; nothing is stored.
import { profileNameSchema, routes } from '@roundhouse/protocol';
import { useMutation } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { ApiError } from '../../lib/api-error.js';
import { call } from '../../lib/api.js';
import { t } from '../../lib/i18n/t.js';
import { Button } from '../../ui/button.js';
import { Card, PanelHead } from '../../ui/card.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Field } from '../../ui/field.js';
import { Input } from '../../ui/input.js';
import { Textarea } from '../../ui/textarea.js';
import { ProblemList } from './problem-list.js';

export function CheckProfile() {
  const [name, setName] = useState('myagent');
  const [text, setText] = useState('name: myagent\n');
  const check = useMutation({
    mutationFn: () =>
      call(routes.profiles.validate, { body: { name: profileNameSchema.parse(name), text, format: 'yaml' } }),
  });
  const badName = !profileNameSchema.safeParse(name).success;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (!badName) check.mutate();
  };
  return (
    <Card>
      <PanelHead title={<h2>{t('profiles.check')}</h2>} />
      <form onSubmit={submit} className="grid gap-3 px-4 py-3">
        <p className="text-12 text-text-3">{t('profiles.checkHint')}</p>
        <Field label={t('profiles.name')}>
          {(control) => (
            <Input
              {...control}
              value={name}
              className="mono max-w-[280px]"
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </Field>
        <Field label={t('profiles.text')}>
          {(control) => (
            <Textarea
              {...control}
              value={text}
              rows={8}
              spellCheck={false}
              className="mono"
              onChange={({ target }) => setText(target.value)}
            />
          )}
        </Field>
        <div>
          <Button type="submit" busy={check.isPending} disabled={badName}>
            {t('profiles.checkNow')}
          </Button>
        </div>
        <div role="status">
          {check.data && <Valid warnings={check.data.warnings} />}
          {check.error && <Invalid error={check.error} />}
        </div>
      </form>
    </Card>
  );
}

interface Warned {
  readonly line: number | null;
  readonly field: string | null;
  readonly message: string;
}

function Valid({ warnings }: { warnings: readonly Warned[] }) {
  return (
    <>
      <p className="font-medium">{t(warnings.length === 0 ? 'profiles.valid' : 'profiles.validWarned')}</p>
      <ProblemList
        tone="plain"
        problems={warnings.map((warning, index) => ({ ...warning, ...placed(warning.line, index) }))}
      />
    </>
  );
}

function Invalid({ error }: { error: Error }) {
  if (!(error instanceof ApiError) || error.code !== 'PROFILE_INVALID') return <ErrorNote error={error} />;
  return (
    <ProblemList
      problems={error.fields.toSorted(byLine).map(({ field, message, line }, index) => ({
        field,
        message,
        ...placed(line ?? null, index),
      }))}
    />
  );
}

interface Lined {
  readonly line?: number | null | undefined;
}

/** As one reads the text; what has no line first. */
const byLine = (a: Lined, b: Lined): number => (a.line ?? 0) - (b.line ?? 0);

const placed = (line: number | null, index: number) => ({
  key: String(index),
  line: null,
  ...(line !== null && { file: t('profiles.line', { line }) }),
});
