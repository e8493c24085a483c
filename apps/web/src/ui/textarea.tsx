// Several lines of text; grows with its content up to a third of the window.
import { cx } from 'class-variance-authority';
import type { ComponentProps } from 'react';
import { fieldStyle } from './input.js';

export function Textarea({ className, ...rest }: ComponentProps<'textarea'>) {
  return (
    <textarea
      className={cx(
        fieldStyle(),
        'field-sizing-content h-auto max-h-[33vh] min-h-[58px] resize-none scroll-thin py-2',
        className,
      )}
      rows={2}
      {...rest}
    />
  );
}
