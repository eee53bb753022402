// My UPI numbers among my UPI IDs: where each leads, and switching one off.
import { useState } from 'react'
import { useNumbersText } from './numbers-texts.ts'
import { useMyNumbers, useReleaseNumber, useSetNumber, type MyNumber } from '../../accounts/use-numbers.ts'
import { useMyVpas } from '../../accounts/my-accounts.ts'
import { ProblemNote, ProblemState } from '../../api/problem-states.tsx'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { VpaChoice } from './vpa-choice.tsx'

export function UpiNumbers({ onDone }: { onDone: (message: string) => void }) {
  const t = useNumbersText()
  const numbers = useMyNumbers()
  const [chosen, setChosen] = useState<MyNumber>()
  return (
    <section aria-labelledby="numbers" className="flex flex-col gap-2">
      <h2 id="numbers" className="text-lg font-semibold">
        {t('numbers.title')}
      </h2>
      <p className="text-soft">{t('numbers.why')}</p>
      {numbers.error && !numbers.data && (
        <ProblemState error={numbers.error} again={() => void numbers.refetch()} />
      )}
      <ul className="flex flex-col gap-2">
        {numbers.data?.map((one) => (
          <li key={one.number} className="rounded-card border border-line bg-card p-1">
            <Row
              onClick={() => setChosen(one)}
              title={one.number}
              under={one.vpa}
              right={<Icon name="right" className="size-5 text-soft" />}
            />
          </li>
        ))}
      </ul>
      <LinkButton to="/upi-ids/number" look="quiet" wide>
        <Icon name="plus" />
        {t('numbers.new')}
      </LinkButton>
      <Sheet open={chosen !== undefined} onClose={() => setChosen(undefined)} title={chosen?.number ?? ''}>
        {chosen && (
          <Change
            chosen={chosen}
            onDone={(message) => {
              setChosen(undefined)
              onDone(message)
            }}
          />
        )}
      </Sheet>
    </section>
  )
}

function Change({ chosen, onDone }: { chosen: MyNumber; onDone: (message: string) => void }) {
  const t = useNumbersText()
  const { number } = chosen
  const vpas = useMyVpas().data ?? []
  const setting = useSetNumber()
  const releasing = useReleaseNumber()
  return (
    <>
      <ProblemNote error={setting.error ?? releasing.error} />
      {vpas.length > 1 && (
        <VpaChoice
          vpas={vpas}
          chosen={chosen.vpa}
          disabled={setting.isPending}
          onChoose={(vpa) =>
            setting.mutate({ number, vpa }, { onSuccess: () => onDone(t('numbers.leads', { number, vpa })) })
          }
        />
      )}
      <p className="text-soft">{t('numbers.off-why')}</p>
      <Button
        wide
        look="quiet"
        busy={releasing.isPending}
        onClick={() => releasing.mutate(number, { onSuccess: () => onDone(t('numbers.is-off', { number })) })}
      >
        {t('numbers.off')}
      </Button>
    </>
  )
}
