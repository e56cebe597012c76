// The shapes of what goes between the workbench and the server; only types, nothing to load.

/**
 * @typedef {object} Cue  one line, tone, rest or hold of the audio (ms in its track)
 * @property {string} kind
 * @property {number} line  in the file
 * @property {number} start_ms
 * @property {number} end_ms
 * @property {string} text
 * @property {number} repetition
 *
 * @typedef {object} ScoreStep
 * @property {string} id
 * @property {string} name
 * @property {number} line
 * @property {number} start_ms
 * @property {number} end_ms
 * @property {Cue[]} cues
 *
 * @typedef {object} Track
 * @property {string} id
 * @property {string} title
 * @property {string} url
 * @property {number} ms
 * @property {ScoreStep[]} steps
 *
 * @typedef {object} ScoreData  one routine at one level and tempo
 * @property {string} routine
 * @property {string} level
 * @property {string} tempo
 * @property {string} pack
 * @property {Track[]} tracks
 *
 * @typedef {object} ClipData  all that is said in one answer
 * @property {string} key
 * @property {string} prompt
 * @property {string} file
 * @property {number} line
 * @property {number[]} lines
 * @property {string} text
 * @property {number} ms
 * @property {string} url
 *
 * @typedef {object} Remark  what the build says of a line
 * @property {string} file
 * @property {number} line
 * @property {string} message  in English, as the command line gives it
 * @property {string} lead  a sentence of its kind, in Dutch
 * @property {boolean} error
 *
 * @typedef {object} Build
 * @property {number} number
 * @property {"idle" | "running" | "done" | "failed"} state
 * @property {string} label
 * @property {number} share
 * @property {Remark[]} remarks
 * @property {{spoken: number, written: number, changed: boolean, seconds: number} | null} result
 * @property {string} reason
 * @property {string} message
 *
 * @typedef {object} Exchange  one request and its answer
 * @property {number} number
 * @property {string} device
 * @property {number} at_ms
 * @property {string} type
 * @property {string} intent
 * @property {number} ms
 * @property {number} status
 * @property {string} fault
 * @property {{rule: string, message: string, source: string}[]} findings
 * @property {any} request
 * @property {any} response
 *
 * @typedef {object} News
 * @property {string} server  another one after each start
 * @property {Record<string, string>} files  another value after each change
 * @property {Record<string, string>} routines  the file of each
 * @property {Build} build
 * @property {string} pack
 * @property {number} held_s
 * @property {number} away_s
 * @property {{device: string, account: string, locale: string, voice: string}[]} devices
 * @property {Exchange[]} exchanges
 *
 * @typedef {object} FileText
 * @property {string} name
 * @property {string} text
 * @property {string} stamp
 * @property {string} reason
 *
 * @typedef {object} EchoNow  what the Echo in the frame tells
 * @property {string} ring
 * @property {Record<string, string>} words
 * @property {string[]} faults
 * @property {{exercise: string, step: string, plan: string} | null} place
 * @property {boolean} playing
 * @property {number} at
 */

export {};
