// The frame of setup and login: the form at the left, the turntable at the right where there is room for it.
import type { ReactNode } from 'react';
import { authEn } from '../../lib/i18n/en/auth.js';
import { addWords } from '../../lib/i18n/t.js';
import { Brand } from '../../ui/mark.js';
import { TurntableArt } from './turntable-art.js';

addWords(authEn);

export function AuthFrame({ children, note }: { children: ReactNode; note?: ReactNode }) {
  return (
    <div className="flex h-dvh">
      <main className="flex min-w-0 flex-1 scroll-thin flex-col overflow-y-auto bg-surface px-10 py-7 max-sm:px-5 lg:max-w-[640px] lg:border-r lg:border-line">
        <Brand size={26} />
        <div className="m-auto w-full max-w-[400px] py-8">{children}</div>
        {note !== undefined && (
          <footer className="flex items-center gap-2 text-12 text-text-3 [&>svg]:size-3.5">{note}</footer>
        )}
      </main>
      <div
        className="grid min-w-0 flex-1 place-items-center overflow-hidden max-lg:hidden"
        aria-hidden="true"
      >
        <TurntableArt />
      </div>
    </div>
  );
}

export function AuthHeading({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <h1 className="text-28 leading-[1.2] font-strong tracking-28">{title}</h1>
      <p className="mt-2 text-14 text-text-2">{children}</p>
    </>
  );
}
