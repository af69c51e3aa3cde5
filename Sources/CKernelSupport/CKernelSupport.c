// Header-only: see include/CKernelSupport.h
