/* base/banned.h -- libc calls that must not compile; forced into every file by the Makefile. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

/* The system's headers first: only our own uses are poisoned. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* With fortified headers some of them are macros, which may not be poisoned. */
#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok
#pragma GCC poison atoi atol atoll localtime gmtime ctime asctime system tmpnam mktemp

#endif
