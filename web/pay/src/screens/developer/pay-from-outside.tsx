// Makes a payment to watch: somebody at another bank pays one of our UPI IDs, or requests money from it.
import { Vpa } from '@bahi/contracts/formats.ts'
import { payFromOutside, requestFromOutside } from '@bahi/contracts/sandbox.ts'
import { listScenarios } from '@bahi/contracts/scenario.ts'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { callPublic } from '../../api/client.ts'
import { useDeveloperText } from './developer-texts.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { ProblemNote } from '../../api/problem-states.tsx'

const amountPaise = 250_00
const vpaPattern = new RegExp((Vpa as { pattern?: string }).pattern ?? '')

export function PayFromOutside() {
  const t = useDeveloperText()
  const id = useId()
  const scenarios = useQuery({
    queryKey: ['developer', 'scenarios'],
    queryFn: () => callPublic(listScenarios, {}),
  })
  const [payerVpa, setPayerVpa] = useState('ok@sandbox')
  const [payeeVpa, setPayeeVpa] = useState('')
  const paying = useMutation({
    mutationFn: () =>
      callPublic(payFromOutside, { body: { payerVpa, payeeVpa: payeeVpa.trim(), amountPaise } }),
  })
  const asking = useMutation({
    mutationFn: () =>
      callPublic(requestFromOutside, {
        body: { payeeVpa: payerVpa, payerVpa: payeeVpa.trim(), amountPaise },
      }),
  })
  const isReady = vpaPattern.test(payeeVpa.trim())
  return (
    <Card>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          paying.mutate()
        }}
      >
        <h2 className="text-lg font-bold">{t('developer.outside')}</h2>
        <div>
          <label htmlFor={id} className="mb-1 block text-sm font-medium">
            {t('developer.outside-payer')}
          </label>
          <select
            id={id}
            value={payerVpa}
            onChange={({ target }) => setPayerVpa(target.value)}
            className="min-h-13 w-full rounded-2xl border border-line bg-card px-4"
          >
            {(scenarios.data?.addresses ?? [{ vpa: 'ok@sandbox' }])
              .filter(({ vpa }) => !vpa.includes('<'))
              .map(({ vpa }) => (
                <option key={vpa}>{vpa}</option>
              ))}
          </select>
        </div>
        <Field
          label={t('developer.outside-payee')}
          placeholder="asha@bahi"
          value={payeeVpa}
          onChange={({ target }) => setPayeeVpa(target.value)}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
        <ProblemNote error={paying.error ?? asking.error} />
        <p role="status" className="text-good empty:hidden">
          {asking.isSuccess && t('developer.outside-requested', { vpa: payeeVpa.trim() })}
        </p>
        <Button type="submit" busy={paying.isPending} disabled={!isReady} wide>
          {t('developer.outside-pay')}
        </Button>
        <Button look="quiet" wide busy={asking.isPending} disabled={!isReady} onClick={() => asking.mutate()}>
          {t('developer.outside-request')}
        </Button>
      </form>
    </Card>
  )
}
