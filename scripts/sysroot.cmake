# How CMake compiles .NET's part of OpenSSL for the architecture of a sysroot; release.sh names both in the environment.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR $ENV{TARGET_CPU})
set(CMAKE_SYSROOT $ENV{TARGET_SYSROOT})
set(CMAKE_C_COMPILER clang)
set(CMAKE_C_COMPILER_TARGET $ENV{TARGET_CPU}-linux-gnu)
set(CMAKE_LIBRARY_ARCHITECTURE $ENV{TARGET_CPU}-linux-gnu)
set(CMAKE_AR llvm-ar)
set(CMAKE_RANLIB llvm-ranlib)

# It asks what OpenSSL can do by linking small programs. The sysroot has nothing to link dynamically.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-fuse-ld=lld -static")
set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
