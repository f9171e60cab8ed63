/* base/version.h -- the product's version. */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#define ECO_VERSION "1.0.0"

#endif
