// The way from an error to its cure. In a tab of its own: what was being filled in stays.
import { Link } from '@tanstack/react-router';
import { t } from '../lib/i18n/t.js';

export function HelpLink({ code }: { code: string }) {
  return (
    <Link to="/help/errors" hash={code} target="_blank" className="touch-target text-accent underline">
      {t('ui.help')}
    </Link>
  );
}
