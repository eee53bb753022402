// Sends a one-time code, and says when another one may be asked for.
import { requestOtp, type CodePurpose } from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { callPublic } from '../api/client.ts'
import { useLanguage, type Language } from '../language/language.ts'

type Ask = (language: Language) => Promise<{ id: string; resendInS: number }>

/**
 * `named`: which code was sent, for the request that it proves; empty when it is one of an earlier visit.
 *
 * @param asked its purpose, or how else it is asked for than without a session
 */
export function useOneTimeCode(asked: CodePurpose | Ask) {
  const { language } = useLanguage()
  const [named, setNamed] = useState<{ otpId?: string }>({})
  const [againAtMs, setAgainAtMs] = useState(0)
  const [nowMs, setNowMs] = useState(() => Date.now())
  const waitS = Math.max(0, Math.ceil((againAtMs - nowMs) / 1_000))
  useEffect(() => {
    if (waitS === 0) return
    const timer = setInterval(() => setNowMs(Date.now()), 500)
    return () => clearInterval(timer)
  }, [waitS])
  const sending = useMutation({
    mutationFn: async (phone: string) => {
      const wait = (seconds: number) => {
        setNowMs(Date.now())
        setAgainAtMs(Date.now() + seconds * 1_000)
      }
      try {
        const { id, resendInS } =
          typeof asked === 'function'
            ? await asked(language)
            : await callPublic(requestOtp, { body: { phone, purpose: asked, language } })
        setNamed({ otpId: id })
        wait(resendInS)
      } catch (error) {
        // One was sent a moment ago: that one is good.
        if (!(error instanceof Problem) || error.code !== 'otp-too-soon') throw error
        wait(error.extras.retryAfterS ?? 30)
      }
    },
  })
  return { named, send: sending.mutateAsync, isSending: sending.isPending, error: sending.error, waitS }
}
