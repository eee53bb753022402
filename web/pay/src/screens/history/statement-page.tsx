// A statement of some days as a file: which days, which account, which kind of file; then how far it is, and the file.
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
import { ProblemNote } from '../../api/problem-states.tsx'
import { useLanguage } from '../../language/language.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Choice } from '@bahi/web-ui/components/choice.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Select } from '@bahi/web-ui/components/select.tsx'
import { useStatementText } from './statement-texts.ts'
import { useMakeStatement, useSaveStatement, useStatement } from './use-statement.ts'

const formats: StatementFormat[] = ['pdf', 'xlsx', 'csv']

export function Component() {
  const t = useStatementText()
  const { language } = useLanguage()
  const isOnline = useOnline()
  const accounts = useMyAccounts().data ?? []
  const today = istDateOf(new Date(serverNow()))
  const [fromOn, setFromOn] = useState(`${today.slice(0, 8)}01`)
  const [toOn, setToOn] = useState(today)
  const [accountId, setAccountId] = useState('')
  const [format, setFormat] = useState<StatementFormat>('pdf')
  const [isChecked, setIsChecked] = useState(false)
  const make = useMakeStatement()
  const { data: statement, error: lost } = useStatement(make.data)
  const { maxDays } = rulesAt(statementRules, new Date(serverNow()))
  const isGood =
    isDate(fromOn) && isDate(toOn) && fromOn <= toOn && toOn <= today && toOn < addDays(fromOn, maxDays)
  return (
    <Page title={t('statement.title')} back="/history">
      <p className="text-soft">{t('statement.hint')}</p>
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
              text: value === 'xlsx' ? 'Excel' : value.toUpperCase(),
            }))}
            value={format}
            onChange={setFormat}
          />
        </div>
        <ProblemNote error={make.error ?? lost} />
        <Button
          type="submit"
          wide
          look={statement?.status === 'ready' ? 'quiet' : 'main'}
          disabled={!isOnline}
          busy={make.isPending || statement?.status === 'waiting'}
        >
          {t('statement.make')}
        </Button>
      </form>
      {statement && <Made statement={statement} />}
    </Page>
  )
}

function Made({ statement }: { statement: StatementView }) {
  const t = useStatementText()
  const save = useSaveStatement()
  const { status, progress } = statement
  const text = status === 'waiting' ? t('statement.making', progress) : t(`statement.${status as 'ready'}`)
  return (
    <section className="flex flex-col gap-3">
      <p
        role="status"
        className={`rounded-2xl px-4 py-3 ${status === 'ready' ? 'bg-good-tint text-good' : 'bg-wait-tint text-wait'}`}
      >
        {text}
      </p>
      <ProblemNote error={save.error} />
      {status === 'ready' && (
        <Button wide busy={save.isPending} onClick={() => save.mutate(statement)}>
          {t('statement.save')}
        </Button>
      )}
      {status === 'ready' && (
        <LinkButton to={verificationPage(statement.id)} look="bare">
          {t('verify.title')}
        </LinkButton>
      )}
    </section>
  )
}
