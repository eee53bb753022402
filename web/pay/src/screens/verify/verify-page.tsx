// Whether a statement that somebody shows is genuine: its file is chosen here, and only its hash leaves the device.
import type { Output } from '@bahi/contracts/call.ts'
import { verifyStatement } from '@bahi/contracts/statements.ts'
import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import { useParams } from 'react-router'
import { callPublic } from '../../api/client.ts'
import { OfflineNote } from '../../api/offline-note.tsx'
import { ProblemNote } from '../../api/problem-states.tsx'
import { useLanguage } from '../../language/language.ts'
import { useVerifyText } from './verify-texts.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { CenteredPage } from '@bahi/web-ui/components/centered-page.tsx'
import { FactList, type Fact } from '@bahi/web-ui/components/facts.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { formatDay, formatMoment } from '@bahi/web-ui/format/dates.ts'
import { hashOf, statementIdIn } from './hash-of.ts'

type Checked = { file: string; sha256: string; answer: Output<typeof verifyStatement> }

export function Component() {
  const t = useVerifyText()
  const { id = '' } = useParams()
  const statementId = statementIdIn(id)
  const isOnline = useOnline()
  const input = useRef<HTMLInputElement>(null)
  const checking = useMutation({
    mutationFn: async (file: File): Promise<Checked> => {
      const sha256 = await hashOf(file)
      const known = statementId !== undefined && sha256 !== undefined
      const answer = known
        ? await callPublic(verifyStatement, { params: { id: statementId }, querystring: { sha256 } })
        : { genuine: false }
      return { file: file.name, sha256: sha256 ?? '', answer }
    },
  })
  return (
    <CenteredPage>
      <Page title={t('verify.title')} back="/">
        <p>{t('verify.about')}</p>
        <p className="text-soft">{t('verify.stays')}</p>
        <input
          ref={input}
          type="file"
          accept=".pdf,.xlsx,.csv"
          className="hidden"
          aria-label={t('verify.choose')}
          onChange={({ target }) => {
            const [file] = target.files ?? []
            if (file) checking.mutate(file)
            // The same file may be chosen again.
            target.value = ''
          }}
        />
        <OfflineNote />
        <Button
          wide
          look={checking.data ? 'quiet' : 'main'}
          disabled={!isOnline}
          busy={checking.isPending}
          onClick={() => input.current?.click()}
        >
          {t('verify.choose')}
        </Button>
        <ProblemNote error={checking.error} />
        <div role="status">{checking.data && !checking.isPending && <Verdict checked={checking.data} />}</div>
      </Page>
    </CenteredPage>
  )
}

function Verdict({ checked: { file, sha256, answer } }: { checked: Checked }) {
  const t = useVerifyText()
  const { language } = useLanguage()
  const { genuine, fromOn, toOn, madeAt, account, auditHash } = answer
  const facts: Fact[] = genuine
    ? [
        [t('verify.period'), `${formatDay(language, fromOn!)} – ${formatDay(language, toOn!)}`],
        [t('statement.account'), account ?? t('statement.all-accounts')],
        [t('verify.made'), formatMoment(language, madeAt!)],
        ['SHA-256', <Hash key="file" text={sha256} />],
        [t('verify.audit'), <Hash key="audit" text={auditHash!} />],
      ]
    : [...(sha256 === '' ? [] : [['SHA-256', <Hash key="file" text={sha256} />] as const])]
  return (
    <div className="flex flex-col gap-4">
      <div
        className={`flex items-start gap-3 rounded-2xl px-4 py-3 ${genuine ? 'bg-good-tint text-good' : 'bg-bad-tint text-bad'}`}
      >
        <Icon name={genuine ? 'check' : 'warn'} className="mt-0.5 size-5 shrink-0" />
        <p className="min-w-0">
          <strong className="block">{t(genuine ? 'verify.genuine' : 'verify.not')}</strong>
          <span className="wrap-anywhere">
            {t(genuine ? 'verify.genuine-why' : 'verify.not-why', { file })}
          </span>
        </p>
      </div>
      {facts.length > 0 && (
        <Card>
          <FactList facts={facts} />
        </Card>
      )}
    </div>
  )
}

function Hash({ text }: { text: string }) {
  return <span className="font-mono text-sm break-all">{text}</span>
}
