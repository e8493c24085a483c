// The side panel as a sheet, where there is no room beside the terminal. Loaded when it is first opened.
import { t } from '../../lib/i18n/t.js';
import { Sheet } from '../../ui/sheet.js';
import { Sections, type SidePanelProps } from './side-panel.js';

export interface SideSheetProps extends SidePanelProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function SideSheet({ open, onOpenChange, ...props }: SideSheetProps) {
  return (
    <Sheet open={open} onOpenChange={onOpenChange} title={t('session.details')}>
      <div className="-mx-5 -mt-4">
        <Sections {...props} />
      </div>
    </Sheet>
  );
}
