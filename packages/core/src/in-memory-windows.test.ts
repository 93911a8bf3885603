import { inMemoryWindows } from './in-memory-windows.ts';
import { windowsContract } from './testing/windows.contract.ts';

windowsContract('in memory', inMemoryWindows);
