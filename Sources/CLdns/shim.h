// The ldns headers as Swift may see them.
//
// <stdbool.h> comes first: without it every `bool` of ldns is imported as Int8.
#include <stdbool.h>
#include <ldns/ldns.h>
