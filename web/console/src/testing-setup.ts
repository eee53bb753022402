// Run before each file of the console's component tests.
import { aroundEachTest } from './testing.tsx'

aroundEachTest()
