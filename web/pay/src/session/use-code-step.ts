// The code from the phone as a step of its own in the browser: back leads to the form, which keeps what was typed.
import { useLocation, useNavigate } from 'react-router'

type Step = { step?: 'code' }

export function useCodeStep() {
  const navigate = useNavigate()
  const { pathname, state } = useLocation()
  const here = (state ?? {}) as Step
  return {
    isOpen: here.step === 'code',
    open: () => void navigate(pathname, { state: { ...here, step: 'code' } satisfies Step }),
    /** To the form, to change what was typed there. */
    close: () => void navigate(-1),
  }
}
