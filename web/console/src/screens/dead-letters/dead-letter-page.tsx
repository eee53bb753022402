// One dead letter with the data of its events, personal data masked: replayed to its service, or dropped for good.
import { dropDeadLetter, replayDeadLetter, showDeadLetter } from '@bahi/contracts/audit.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { FactList } from '@bahi/web-ui/components/facts.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { formatExactMoment } from '@bahi/web-ui/format/dates.ts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { call } from '../../api/client.ts'
import { ProblemNote, ProblemState } from '../../api/problems.tsx'
import { useLanguage, useText } from '../../language/language.ts'
import { useMay } from '../../session/session.ts'

export function Component() {
  const t = useText()
  const may = useMay()
  const { language } = useLanguage()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [isDropping, setIsDropping] = useState(false)
  const { queue = '', id = '' } = useParams()
  const params = { queue, id }
  const letter = useQuery({
    queryKey: ['dead-letter', queue, id],
    queryFn: () => call(showDeadLetter, { params }),
  })
  const handling = useMutation({
    mutationFn: async (act: 'replay' | 'drop') => {
      if (act === 'replay') await call(replayDeadLetter, { params })
      else await call(dropDeadLetter, { params })
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['dead-letters'] })
      void navigate('/dead-letters', { replace: true })
    },
  })
  return (
    <Page title={t('dead-letters.one')} back="/dead-letters" width="wide">
      {letter.isPending && <Skeleton lines={4} />}
      {letter.error && <ProblemState error={letter.error} again={() => void letter.refetch()} />}
      {letter.data && (
        <>
          <Card>
            <FactList
              facts={[
                [t('dead-letters.queue'), letter.data.queue],
                [t('dead-letters.since'), formatExactMoment(language, letter.data.at)],
                [t('dead-letters.error'), letter.data.error],
              ]}
            />
          </Card>
          {letter.data.events.map((event) => (
            <Card key={event.id}>
              <h2 className="font-semibold">{event.type}</h2>
              <pre tabIndex={0} className="mt-2 overflow-x-auto rounded-2xl bg-sunk p-4 text-xs">
                {JSON.stringify(event.data, undefined, 2)}
              </pre>
            </Card>
          ))}
          {may('dead-letters:handle') && (
            <div className="flex flex-wrap gap-3">
              <Button busy={handling.isPending} onClick={() => handling.mutate('replay')}>
                {t('dead-letters.replay')}
              </Button>
              <Button look="quiet" onClick={() => setIsDropping(true)}>
                {t('dead-letters.drop')}
              </Button>
            </div>
          )}
          <ProblemNote error={handling.error} />
          <Sheet open={isDropping} onClose={() => setIsDropping(false)} title={t('dead-letters.drop')}>
            <p>{t('dead-letters.drop-sure')}</p>
            <Button busy={handling.isPending} wide onClick={() => handling.mutate('drop')}>
              {t('dead-letters.drop')}
            </Button>
          </Sheet>
        </>
      )}
    </Page>
  )
}
