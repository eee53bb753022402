// Whom a planned payment is for: a UPI ID or a number as it is typed, or somebody from before.
import { useText } from '../../language/language.ts'
import { ChoosePerson } from '../../payments/choose-person.tsx'
import { planPath } from '../../schedules/plan-path.ts'
import { Page } from '@bahi/web-ui/components/page.tsx'

const pathTo = (vpa: string) => planPath({ vpa })

export function Component() {
  const t = useText()
  return (
    <Page title={t('schedules.choose')} back="/schedules">
      <ChoosePerson pathTo={pathTo} />
    </Page>
  )
}
