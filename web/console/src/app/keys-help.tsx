// The list of keys, and the switch that ends them.
import { Switch } from '@bahi/web-ui/components/switch.tsx'
import type { ReactNode } from 'react'
import { switchKeys, useKeysOn } from './keys.ts'
import { useKeysText } from './keys-texts.ts'

type KeysHelpProps = { pages: readonly { letter: string; text: string }[] }

export function KeysHelp({ pages }: KeysHelpProps) {
  const t = useKeysText()
  const { isOn } = useKeysOn()
  return (
    <>
      <Switch label={t('keys.on')} under={t('keys.on-about')} on={isOn} onChange={switchKeys} />
      <Group title={t('keys.everywhere')}>
        <Line keys={<Key>/</Key>} text={t('keys.search')} />
        <Line keys={<Key>?</Key>} text={t('keys.help')} />
      </Group>
      <Group title={t('keys.lists')}>
        <Line keys={<Key>j</Key>} text={t('keys.next')} />
        <Line keys={<Key>k</Key>} text={t('keys.previous')} />
        <Line keys={<Key>Enter</Key>} text={t('keys.open')} />
      </Group>
      <Group title={t('keys.pages')}>
        {pages.map(({ letter, text }) => (
          <Line
            key={letter}
            keys={
              <>
                <Key>g</Key> <span className="text-sm text-soft">{t('keys.then')}</span> <Key>{letter}</Key>
              </>
            }
            text={text}
          />
        ))}
      </Group>
    </>
  )
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1 text-sm font-semibold text-soft">{title}</h3>
      <dl className="rounded-card border border-line bg-card px-4">{children}</dl>
    </section>
  )
}

function Line({ keys, text }: { keys: ReactNode; text: string }) {
  return (
    <div className="flex items-center justify-between gap-4 border-b border-line py-2 last:border-b-0">
      <dt className="order-2 shrink-0">{keys}</dt>
      <dd>{text}</dd>
    </div>
  )
}

function Key({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-grid min-w-8 place-items-center rounded-lg border border-line bg-sunk px-2 py-0.5 font-sans text-sm font-semibold">
      {children}
    </kbd>
  )
}
