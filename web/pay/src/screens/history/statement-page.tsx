// A statement of some days as a file: which days, which account, which kind of file; then how far it is, and the file.
import type { Account } from '@bahi/contracts/account.ts'
import { addDays, isDate, istDateOf } from '@bahi/contracts/recurrence.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import {
  statementRules,
  verificationPage,
  type StatementFormat,
  type StatementView,
} from '@bahi/contracts/statements.ts'
import { useState } from 'react'
import { shortAccountNumber, useMyAccounts } from '../../accounts/my-accounts.ts'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { ProblemNote, ProblemState } from '../../api/problem-states.tsx'
import { useLanguage } from '../../language/language.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Choice } from '@bahi/web-ui/components/choice.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Select } from '@bahi/web-ui/components/select.tsx'
import { formatDay, formatShortMoment, formatSpan } from '@bahi/web-ui/format/dates.ts'
import { useStatementText } from './statement-texts.ts'
import {
  savableUntil,
  useMakeStatement,
  useSaveStatement,
  useStatement,
  useStoredStatements,
} from './use-statement.ts'

const formats: StatementFormat[] = ['pdf', 'xlsx', 'csv']

const formatName = (format: StatementFormat) => (format === 'xlsx' ? 'Excel' : format.toUpperCase())

export function Component() {
  const t = useStatementText()
  const { language } = useLanguage()
  const isOnline = useOnline()
  const { data: accounts = [], error: unknown, refetch } = useMyAccounts()
  const today = istDateOf(new Date(serverNow()))
  const [fromOn, setFromOn] = useState(`${today.slice(0, 8)}01`)
  const [toOn, setToOn] = useState(today)
  const [accountId, setAccountId] = useState('')
  const [format, setFormat] = useState<StatementFormat>('pdf')
  const [isChecked, setIsChecked] = useState(false)
  const make = useMakeStatement()
  const stored = useStoredStatements().data ?? []
  // What was just made is no more to be made.
  const isReady = stored.some(({ id, status }) => id === make.data?.id && status === 'ready')
  const isWaiting = stored.some(({ id, status }) => id === make.data?.id && status === 'waiting')
  const { maxDays, keepHours } = rulesAt(statementRules, new Date(serverNow()))
  const isGood =
    isDate(fromOn) && isDate(toOn) && fromOn <= toOn && toOn <= today && toOn < addDays(fromOn, maxDays)
  return (
    <Page title={t('statement.title')} back="/history">
      <p className="text-soft">{t('statement.hint', { span: formatSpan(language, keepHours * 3_600) })}</p>
      <form
        noValidate
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault()
          setIsChecked(true)
          if (!isGood) return
          make.mutate({ fromOn, toOn, format, language, ...(accountId === '' ? {} : { accountId }) })
        }}
      >
        <div className="grid gap-3 min-[420px]:grid-cols-2">
          <Field
            label={t('statement.from')}
            type="date"
            max={today}
            value={fromOn}
            onChange={({ target }) => setFromOn(target.value)}
            fault={isChecked && !isGood ? t('statement.days-wrong') : undefined}
          />
          <Field
            label={t('statement.to')}
            type="date"
            max={today}
            value={toOn}
            onChange={({ target }) => setToOn(target.value)}
          />
        </div>
        {unknown && accounts.length === 0 && <ProblemState error={unknown} again={() => void refetch()} />}
        {accounts.length > 1 && (
          <Select label={t('statement.account')} value={accountId} onValue={setAccountId}>
            <option value="">{t('statement.all-accounts')}</option>
            {accounts.map(({ id, bankName, maskedNumber }) => (
              <option key={id} value={id}>
                {bankName} {shortAccountNumber(maskedNumber)}
              </option>
            ))}
          </Select>
        )}
        <div className="-mx-3">
          <Choice
            label={t('statement.format')}
            options={formats.map((value) => ({
              value,
              text: formatName(value),
            }))}
            value={format}
            onChange={setFormat}
          />
        </div>
        <ProblemNote error={make.error} />
        <Button
          type="submit"
          wide
          look={isReady ? 'quiet' : 'main'}
          disabled={!isOnline}
          busy={make.isPending || isWaiting}
        >
          {t('statement.make')}
        </Button>
      </form>
      {stored.length > 0 && (
        <section aria-labelledby="yours" className="flex flex-col gap-5">
          <h2 id="yours" className="font-semibold">
            {t('statement.yours')}
          </h2>
          <ul className="flex flex-col gap-3">
            {stored.map((one) => (
              <Made key={one.id} made={one} account={accounts.find(({ id }) => id === one.accountId)} />
            ))}
          </ul>
        </section>
      )}
    </Page>
  )
}

function Made({ made, account }: { made: StatementView; account: Account | undefined }) {
  const t = useStatementText()
  const { language } = useLanguage()
  const isOnline = useOnline()
  const { data: statement, error: lost } = useStatement(made)
  const save = useSaveStatement()
  const { status, progress, fromOn, toOn, format, accountId } = statement
  const text = status === 'waiting' ? t('statement.making', progress) : t(`statement.${status as 'ready'}`)
  return (
    <li className="flex flex-col gap-3 rounded-card border border-line bg-card p-4">
      <p>
        <span className="block font-medium">
          {formatDay(language, fromOn)} – {formatDay(language, toOn)}
        </span>
        <span className="block text-sm text-soft">
          {formatName(format)}
          {accountId === undefined && ` · ${t('statement.all-accounts')}`}
          {account && ` · ${account.bankName} ${shortAccountNumber(account.maskedNumber)}`}
        </span>
      </p>
      <p
        role="status"
        className={`rounded-2xl px-4 py-3 ${status === 'ready' ? 'bg-good-tint text-good' : 'bg-wait-tint text-wait'}`}
      >
        {text}
      </p>
      <ProblemNote error={save.error ?? lost} />
      {status === 'ready' && (
        <Button wide disabled={!isOnline} busy={save.isPending} onClick={() => save.mutate(statement)}>
          {t('statement.save')}
        </Button>
      )}
      {status === 'ready' && (
        <p className="text-center text-sm text-soft">
          {t('statement.until', { at: formatShortMoment(language, savableUntil(statement)) })}
        </p>
      )}
      {status === 'ready' && (
        <LinkButton to={verificationPage(statement.id)} look="bare">
          {t('verify.title')}
        </LinkButton>
      )}
    </li>
  )
}
