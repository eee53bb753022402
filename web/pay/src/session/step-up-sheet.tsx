// Asks for the password, as the proof that it is the person who makes a change.
import { useState } from 'react'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { ProblemNote } from '../api/problem-states.tsx'
import { useText } from '../language/language.ts'
import { useStepUp } from './step-up.ts'

export function StepUpSheet() {
  const t = useText()
  const { asked } = useStepUp()
  const [password, setPassword] = useState('')
  if (!asked) return null
  return (
    <Sheet open onClose={() => asked.answer(undefined)} title={t('step-up.title')}>
      <form
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault()
          if (password !== '') asked.answer({ password })
        }}
      >
        <p className="text-soft">{t('step-up.text')}</p>
        <Field
          label={t('sign-in.password')}
          type="password"
          autoComplete="current-password"
          autoFocus
          value={password}
          onChange={({ target }) => setPassword(target.value)}
        />
        <ProblemNote error={asked.refusal} />
        <Button type="submit" wide>
          {t('action.continue')}
        </Button>
      </form>
    </Sheet>
  )
}
