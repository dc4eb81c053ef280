# A toolchain for arm64 (Raspberry Pi OS 12 and Debian 12, 64 bit): Debian's cross compiler, and the
# libraries of a root that scripts/configure-arm64 makes.
#   cmake -S . -B build-arm64 --toolchain cmake/arm64.cmake -DTAMTAP_ARM64_ROOT=DIR
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES TAMTAP_ARM64_ROOT)
set(CMAKE_SYSROOT ${TAMTAP_ARM64_ROOT})
# Libraries that libraries need are found there, too.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-Wl,-rpath-link,${TAMTAP_ARM64_ROOT}/usr/lib/aarch64-linux-gnu")
set(CMAKE_MODULE_LINKER_FLAGS_INIT "${CMAKE_EXE_LINKER_FLAGS_INIT}")
set(CMAKE_FIND_ROOT_PATH ${TAMTAP_ARM64_ROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${TAMTAP_ARM64_ROOT})
set(ENV{PKG_CONFIG_LIBDIR}
    ${TAMTAP_ARM64_ROOT}/usr/lib/aarch64-linux-gnu/pkgconfig:${TAMTAP_ARM64_ROOT}/usr/share/pkgconfig)
